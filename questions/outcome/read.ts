/**
 * The file of a question: a small address space and one call of mbind(2). Everything that may be wrong with it is told at
 * once, each mistake with its path and what was expected there.
 */
import type { Call, PolicyText } from '../../spec/mbind/call.ts'
import { parseJson } from './json.ts'
import { policyLike, readFlags, readMode } from './modes.ts'
import { type Part, Problems } from './problems.ts'

/** How much a question may hold: what is answered in well under a second. */
export const MOST = { pages: 6, vmas: 3, nodes: 2 } as const

export const KINDS = ['anon', 'shmem', 'unmigratable', 'isolation-fails', 'migration-fails'] as const
export type Kind = (typeof KINDS)[number]

export const STATES = ['absent', 'hole', 'zero', 'present', 'mlocked', 'pinned', 'referenced', 'shared'] as const
export type PageState = (typeof STATES)[number]

export interface AskedVma {
  readonly off: number
  readonly n: number
  readonly kind: Kind
  readonly policy: PolicyText | null
}

export interface AskedPage {
  readonly state: PageState
  /** null for a page that is on no node */
  readonly node: number | null
}

/** A question, well formed. */
export interface Situation {
  readonly vmas: readonly AskedVma[]
  readonly pages: readonly AskedPage[]
  readonly call: Call
  /** the node of the CPU that calls */
  readonly local: number
  /** a policy as the answer is to show it */
  readonly shown: (policy: PolicyText | null) => object | null
}

/** Reads the text of a question. Throws a SpecError with the JSON path of a mistake and what was expected there. */
export function readSituation(text: string): Situation {
  const problems = new Problems()
  const json = parseJson(text)
  const file = problems.object(
    { path: '$', json },
    { keys: ['vmas', 'pages', 'call'], optional: ['about'], about: 'a question about mbind' },
  )
  const vmas = file && problems.list(file.vmas, MOST.vmas, 'VMAs')?.map((part) => readVma(part, problems))
  const pages = file && problems.list(file.pages, MOST.pages, 'pages')?.map((part) => readPage(part, problems))
  const call = file && readCall(file.call, problems)
  if (file?.about.json !== undefined && typeof file.about.json !== 'string')
    problems.add('$.about', `is ${JSON.stringify(file.about.json)}`, 'a text: what the question is about')
  problems.throwIfAny()
  const situation = { vmas: vmas as AskedVma[], pages: pages as AskedPage[], ...call! }
  checkLayout(situation, problems)
  problems.throwIfAny()
  return situation
}

function readVma(part: Part, problems: Problems): AskedVma | undefined {
  const vma = problems.object(part, { keys: ['off', 'n', 'kind', 'policy'], optional: [], about: 'a VMA' })
  if (vma === undefined) return undefined
  const range = readRange(vma.off, vma.n, 1, problems)
  const kind = problems.word(vma.kind, KINDS, 'a kind of VMA')
  const policy = vma.policy.json === null ? null : readPolicy(vma.policy, problems)
  return { ...range!, kind: kind!, policy: policy ?? null }
}

/** Pages from `off` on, as many as `n` says: they must lie within the largest address space. */
function readRange(off: Part, n: Part, least: number, problems: Problems): { off: number; n: number } | undefined {
  const first = problems.integer(off, 0, MOST.pages - 1, 'the number of the first page')
  const count = problems.integer(n, least, MOST.pages, 'a number of pages')
  if (first === undefined || count === undefined) return undefined
  if (first + count > MOST.pages) {
    return problems.add(
      n.path,
      `is ${count}, which goes beyond page ${MOST.pages - 1}`,
      `at most ${MOST.pages - first}, behind off ${first}: an address space has pages 0 to ${MOST.pages - 1}`,
    )
  }
  return { off: first, n: count }
}

function readPage(part: Part, problems: Problems): AskedPage | undefined {
  const page = problems.object(part, { keys: ['state'], optional: ['node'], about: 'a page' })
  if (page === undefined) return undefined
  const state = problems.word(page.state, STATES, 'the state of a page')
  const none = page.node.json === undefined || page.node.json === null
  const node = none ? null : readNode(page.node, problems)
  return { state: state!, node: node ?? null }
}

const readNode = (part: Part, problems: Problems): number | undefined =>
  problems.integer(part, 0, MOST.nodes - 1, 'a node of the machine')

/** The nodes of a mask; null is the null mask, which is empty. */
function readNodes(part: Part, problems: Problems): readonly number[] | undefined {
  if (part.json === null) return []
  const nodes = problems.list(part, MOST.nodes, 'nodes')?.map((each) => readNode(each, problems))
  if (nodes === undefined || nodes.includes(undefined)) return undefined
  const twice = nodes.findIndex((node, at) => nodes.indexOf(node) < at)
  if (twice >= 0) return problems.add(`${part.path}[${twice}]`, `is ${nodes[twice]} again`, 'each node once')
  return (nodes as number[]).sort()
}

/** A policy that a VMA has: one that mbind would install as it is. */
function readPolicy(part: Part, problems: Problems): PolicyText | null | undefined {
  const policy = problems.object(part, { keys: ['mode', 'nodes'], optional: [], about: 'a policy, or null' })
  if (policy === undefined) return undefined
  const read = readMode(policy.mode, problems)
  const nodes = readNodes(policy.nodes, problems)
  if (read === undefined || nodes === undefined) return undefined
  const { mode, modeFlags } = read
  const { path } = policy.nodes
  if (modeFlags.length > 0)
    return problems.add(
      policy.mode.path,
      `has the flag ${modeFlags[0]}`,
      'a mode without flags: they play no part here',
    )
  const some = nodes.length > 0
  if (mode === 'DEFAULT') return some ? problems.add(path, 'is not empty', 'no nodes: DEFAULT has none') : null
  if (mode === 'LOCAL' && some) return problems.add(path, 'is not empty', 'no nodes: LOCAL has none')
  if (mode === 'PREFERRED' && nodes.length > 1)
    return problems.add(path, `has ${nodes.length} nodes`, 'at most one: a PREFERRED policy keeps the first')
  if (mode === 'LOCAL' || (mode === 'PREFERRED' && !some)) return { mode: 'LOCAL', nodes: [] }
  return some ? { mode, nodes } : problems.add(path, 'is empty', `at least one node for ${mode}`)
}

function readCall(part: Part, problems: Problems): Pick<Situation, 'call' | 'local' | 'shown'> | undefined {
  const call = problems.object(part, {
    keys: ['off', 'n', 'mode', 'nodes', 'flags'],
    optional: ['local', 'cap_sys_nice'],
    about: 'a call of mbind',
  })
  if (call === undefined) return undefined
  const range = readRange(call.off, call.n, 0, problems)
  const mode = readMode(call.mode, problems)
  const nodes = readNodes(call.nodes, problems)
  const flags = readFlags(call.flags, problems)
  const capSysNice = problems.boolean(call.cap_sys_nice, true, 'whether the caller has CAP_SYS_NICE')
  const local = call.local.json === undefined ? 0 : readNode(call.local, problems)
  if (!range || !mode || !nodes || !flags || capSysNice === undefined || local === undefined) return undefined
  const { modeFlags } = mode
  const raw = {
    ...(call.nodes.json === null && { mask: 'null' as const }),
    ...(modeFlags.length > 0 && { modeFlags }),
    ...(flags.lazy && { flags: 'LAZY' as const }),
    ...(!capSysNice && { capSysNice }),
  }
  return {
    call: {
      ...range,
      mode: mode.mode,
      nodes,
      flags: flags.flags,
      ...(Object.keys(raw).length > 0 && { raw }),
    },
    local,
    shown: policyLike(call.mode.json),
  }
}

/** What can only be seen with everything at hand: VMAs that overlap, and pages that do not fit the VMAs. */
function checkLayout({ vmas, pages }: Pick<Situation, 'vmas' | 'pages'>, problems: Problems): void {
  const owner = (page: number) => vmas.findIndex(({ off, n }) => off <= page && page < off + n)
  vmas.forEach(({ off, n }, at) => {
    const other = vmas.findIndex((vma, before) => before < at && vma.off < off + n && off < vma.off + vma.n)
    if (other >= 0) {
      problems.add(
        `$.vmas[${at}]`,
        `overlaps $.vmas[${other}]`,
        `pages of its own: $.vmas[${other}] has ${pagesOf(vmas[other])}`,
      )
    }
    if (off + n > pages.length) {
      problems.add(
        '$.pages',
        `has ${pages.length} entries`,
        `one for each page: $.vmas[${at}] has ${pagesOf(vmas[at])}`,
      )
    }
  })
  pages.forEach(({ state, node }, page) => {
    const vma = owner(page)
    const path = `$.pages[${page}]`
    if (vma < 0) {
      if (state !== 'hole') problems.add(`${path}.state`, `is '${state}'`, `'hole': page ${page} lies in no VMA`)
      return
    }
    const { kind } = vmas[vma]
    if (state === 'hole')
      problems.add(`${path}.state`, "is 'hole'", `the state of a page: $.vmas[${vma}] has ${pagesOf(vmas[vma])}`)
    else if (node === null && needsNode(state, kind))
      problems.add(`${path}.node`, 'is missing', `a node of the machine, 0 or 1${shmemZero(state, kind)}`)
  })
}

/** A read fault of shmem makes a real page at once; everywhere else it maps the zero page, which is on no node that counts. */
export const isZeroPage = (state: PageState, kind: Kind): boolean => state === 'zero' && kind !== 'shmem'

const needsNode = (state: PageState, kind: Kind): boolean =>
  state !== 'absent' && state !== 'hole' && !isZeroPage(state, kind)

const shmemZero = (state: PageState, kind: Kind): string =>
  state === 'zero' && kind === 'shmem' ? ': shmem has no zero page, a read fault makes a real one' : ''

const pagesOf = ({ off, n }: { off: number; n: number }): string =>
  n === 1 ? `page ${off}` : `pages ${off} to ${off + n - 1}`
