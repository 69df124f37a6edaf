/**
 * VMAs with gaps between them, memory policies as objects, and the two locks above them: mmap_lock and, from v6.4, a lock
 * for each VMA. It stands on spec/memory.ts, whose page-table entries are those of the pages of these VMAs.
 */
import type { StateOf } from '../checker/language/index.ts'
import { array, bool, collection, constant, oneOf, optional, range, record } from '../checker/language/index.ts'
import { policyOf } from './mbind/arguments.ts'
import { type Call, nodesOf, type PolicyText, policyName } from './mbind/call.ts'
import { allowedOn, type FolioText, type Layout, type Machine, type VmaKind } from './mbind/layout.ts'
import { bootFree, type Mm, memory, type Sizes } from './memory.ts'
import type { Settings } from './switches/index.ts'

/** What a scenario needs: where it may start, which calls are made there, and who else takes part. */
export interface SpaceText {
  readonly machine: Machine
  readonly cases: readonly { readonly layout: Layout; readonly calls: readonly Call[] }[]
  /** calls that may be under way at one time; 1 when absent */
  readonly callers?: number
  /** whether a task makes more than one call */
  readonly twice?: boolean
  /** tasks that may hold mmap_lock for reading, and a VMA's lock for reading, at one time; 0 when absent */
  readonly readers?: number
  /** page-table entries that a child may get: it gets those of the first pages */
  readonly childPages?: number
  /** features of memory that address spaces do not need by themselves */
  readonly memory?: Partial<Sizes>
  /** whether some task reads policies under nothing but rcu_read_lock */
  readonly rcuReaders?: boolean
  /** policies that no call mentions */
  readonly policies?: readonly PolicyText[]
  /** whether each folio has contents of its own, so that one shows in the place of another */
  readonly contents?: boolean
}

/** The variables of the address spaces that `text` describes, as far as a kernel uses them. */
export function addressSpace(text: SpaceText, settings: Settings) {
  const { machine, cases, callers = 1, readers = 0, contents = false } = text
  const layouts = cases.map(({ layout }) => layout)
  const deferred = text.rcuReaders === true && settings['policy-free'] === 'after-grace-period'
  const vmaLocks = settings['faults-under-vma-lock'] === 'yes'
  const length = Math.max(1, ...layouts.map(({ pages }) => pages.length))
  const elsewhere = Math.max(
    ...layouts.map(({ folios }) => folios.reduce((sum, folio) => sum + (folio.elsewhere ?? 0), 0)),
  )
  const childPages = text.childPages ?? 0
  const mapped = Math.max(...layouts.map(({ folios }) => folios.length))
  const mm = memory({
    pages: length + elsewhere + childPages,
    folios: mapped + machine.free.length,
    freeMovable: 0,
    freeNormal: 0,
    cpus: machine.cpus,
    nodes: machine.nodes,
    ptesMayBeEmpty: true,
    lruCacheDisablers: settings['mbind-lru-batches'] === 'disabled' ? callers : 0,
    pinner: false,
    ...(contents && { contents: mapped }),
    mappedTwice: childPages > 0 || layouts.some(mapsTwice),
    ...text.memory,
  })
  const tables = collection('table', Math.ceil(length / (machine.pagesPerTable ?? length)))
  const vmas = collection('VMA', Math.max(1, ...cases.map(vmaSlots)))
  // Each VMA has a copy of its own; a call holds one, and makes a new copy before it lets go of an old one.
  const policies = collection('policy', vmas.size + callers + 1)
  // Only these can be isolated, unless pages come or calls follow one another.
  const sources = collection('F', callers > 1 || readers > 0 || text.twice ? mm.folios.size : Math.max(1, mapped))
  // Nothing may be mapped anywhere, and no folio used: a domain needs a value all the same.
  const kinds = orOne('anon', [...new Set(layouts.flatMap((each) => each.vmas.map(({ kind = 'anon' }) => kind)))])
  const named = layouts.flatMap((each) => each.folios.map(({ size = 'small' }) => size))
  // Free folios are like the first one, until they are taken for something.
  const folioSizes: readonly FolioSize[] = named.length > 0 ? [...new Set(named)] : ['small']
  const mappings = Math.max(0, ...layouts.flatMap((each) => each.vmas.map(({ mapping }, at) => mapping ?? at)))
  const values = policyValues(text)
  const state = {
    ...mm.state,
    /** what a folio is: destinations of a migration become what the source is */
    folioSize: array(mm.folios, oneOf<FolioSize[]>(...folioSizes)),
    /** a page table, or one PMD entry of a huge page: then its pages are mapped, or migration entries, all together */
    pmd: array(tables, oneOf('table', 'huge')),
    vma: array(
      vmas,
      record({
        /** first page, and the one behind the last; both 0 where there is no such VMA */
        start: range(0, length),
        end: range(0, length),
        kind: oneOf<VmaKind[]>(...kinds),
        /** VMAs of one mapping may be merged */
        mapping: range(0, mappings),
        VM_LOCKED: constant<boolean>(false),
        VM_IO: constant<boolean>(false),
        vm_policy: optional(policies),
        /** its sequence number is that of the mm: write-locked until mmap_lock is let go */
        writeLocked: vmaLocks || settings['mbind-vma-lock'] !== 'never' ? bool : constant<boolean>(false),
        /** tasks that hold its lock for reading */
        readers: range(0, vmaLocks ? readers : 0),
      }),
    ),
    /** struct mempolicy: an object of the slab cache while its count is above zero */
    policy: array(
      policies,
      record({
        refcnt: range(0, 1),
        value: oneOf<string[]>(...values.keys()),
        /** its last reference is gone, and it is freed when everybody who reads under RCU by then is done */
        dying: deferred ? bool : constant<boolean>(false),
      }),
    ),
    /** policies are freed after a grace period, and there is somebody for whom that matters */
    defersPolicyFree: constant<boolean>(deferred),
    /** tasks within rcu_read_lock */
    rcu_readers: range(0, text.rcuReaders ? 1 : 0),
    /** for claims: calls of mbind that have returned */
    returned: readers > 0 ? range(0, callers) : constant<number>(0),
    mmap_lock: record({ writer: bool, readers: range(0, readers) }),
  }
  return {
    ...mm,
    state,
    text,
    length,
    tables,
    vmas,
    policies,
    sources,
    kinds,
    folioSizes,
    values,
    deferred,
    childBase: length + elsewhere,
  }
}

type FolioSize = NonNullable<FolioText['size']>

export type AddressSpace = ReturnType<typeof addressSpace>
export type As = StateOf<AddressSpace['state']> & Mm

const orOne = <T>(one: T, values: readonly T[]): readonly T[] => (values.length > 0 ? values : [one])

/** Whether some folio is mapped by more than one page-table entry. */
const mapsTwice = ({ pages, folios }: Layout): boolean =>
  folios.some(({ elsewhere = 0 }, f) => elsewhere + pages.filter((page) => mapsFolio(page, f)).length > 1)

const mapsFolio = (page: Layout['pages'][number], f: number): boolean =>
  typeof page === 'object' && 'maps' in page && page.maps === f

/** A VMA for each of the layout, and for each cut that a call can make inside one. */
function vmaSlots({ layout: { vmas }, calls }: SpaceText['cases'][number]): number {
  const edges = [...new Set(calls.flatMap(({ off, n }) => [off, off + n]))]
  return vmas.length + edges.filter((edge) => vmas.some(({ off, n }) => edge > off && edge < off + n)).length
}

/** Every policy that can be installed, by its name. */
function policyValues({ machine, cases, policies = [] }: SpaceText): Map<string, PolicyText> {
  const installed = cases.flatMap(({ calls }) => calls).map((call) => policyOf(call, allowedOn(machine)))
  const initial = cases.flatMap(({ layout }) => layout.vmas.map(({ policy }) => policy))
  const all = [...initial, ...installed, ...policies].filter((policy) => policy !== null && policy !== undefined)
  // A domain needs a value, also where no policy is ever installed.
  if (all.length === 0) all.push({ mode: 'LOCAL', nodes: [] })
  return new Map(all.map((policy) => [policyName(policy), policy]))
}

/** The address space as a layout describes it, nobody holding a lock. */
export function bootAddressSpace(s: As, space: AddressSpace, layout: Layout): void {
  const { text, length, vmas } = space
  const { vmas: mapped, pages, folios, huge = [] } = layout
  const free = layout.free ?? text.machine.free
  let elsewhere = length
  bootFree(s, space.sizes)
  s.pte.fill({ kind: 'none' })
  for (const f of s.folio.keys()) {
    const folio = folios[f]
    const migrating = pages.some((page) => typeof page === 'object' && 'migrating' in page && page.migrating === f)
    const here = pages.filter((page) => mapsFolio(page, f)).length
    const { node = free[f - folios.length] ?? 0, lru = 'on', held = false } = folio ?? {}
    const size = folio === undefined ? space.folioSizes[0] : (folio.size ?? 'small')
    const used = folio !== undefined
    const others = folio?.elsewhere ?? 0
    for (let at = 0; at < others; at++) s.pte[elsewhere++] = { kind: 'present', folio: f }
    s.folioSize[f] = size
    Object.assign(s.folio[f], {
      node,
      refs: here + others + (held ? 1 : 0) + (migrating || lru === 'batch' ? 1 : 0),
      gets: held ? 1 : 0,
      isolated: migrating,
      PG_lru: used && lru === 'on' && !migrating,
      PG_locked: migrating,
      content: used && text.contents ? f + 1 : 0,
    })
    if (lru === 'batch') s.batch[0].push(f)
  }
  for (const [at, page] of pages.entries()) {
    s.pte[at] =
      typeof page === 'string'
        ? { kind: page }
        : 'maps' in page
          ? { kind: 'present', folio: page.maps }
          : { kind: 'migration', folio: page.migrating }
  }
  for (const table of s.pmd.keys()) s.pmd[table] = huge.includes(table) ? 'huge' : 'table'
  s.rcu_readers = 0
  s.defersPolicyFree = space.deferred
  for (const p of s.policy.keys()) s.policy[p] = { refcnt: 0, value: [...space.values.keys()][0], dying: false }
  for (let v = 0; v < vmas.size; v++) {
    s.vma[v] = { ...noVma, kind: space.kinds[0], ...(v < mapped.length && vmaOf(s, space, mapped, v)) }
  }
  s.mmap_lock = { writer: false, readers: 0 }
  s.returned = 0
}

function vmaOf(s: As, { values }: AddressSpace, mapped: Layout['vmas'], v: number) {
  const { off, n, kind = 'anon', policy = null, mapping = v } = mapped[v]
  if (policy !== null && !values.has(policyName(policy))) throw new Error(`no policy ${policyName(policy)}`)
  const vm_policy = policy === null ? null : newPolicy(s, policyName(policy))
  return { start: off, end: off + n, kind, mapping, vm_policy }
}

const noVma = {
  start: 0,
  end: 0,
  mapping: 0,
  VM_LOCKED: false,
  VM_IO: false,
  vm_policy: null,
  writeLocked: false,
  readers: 0,
}

/** vm_area_free: the slot is empty again. */
export function freeVma(s: As, v: number): void {
  putPolicy(s, s.vma[v].vm_policy)
  s.vma[v] = { ...noVma, kind: s.vma[v].kind }
}

/** find_vma: the first VMA that ends above a page, whether it begins below or above it. */
export function findVma(s: As, page: number): number | null {
  let found: number | null = null
  for (const v of s.vma.keys()) {
    if (s.vma[v].end > page && (found === null || s.vma[v].start < s.vma[found].start)) found = v
  }
  return found
}

/** The VMA that a page lies in. */
export function vmaAt(s: As, page: number): number | null {
  const v = s.vma.findIndex(({ start, end }) => start <= page && page < end)
  return v < 0 ? null : v
}

/** The VMA that ends or begins at a page and has any length. */
export const vmaEndingAt = (s: As, page: number): number | null =>
  orNull(s.vma.findIndex(({ end }) => end === page && page > 0))
export const vmaStartingAt = (s: As, page: number): number | null =>
  orNull(s.vma.findIndex(({ start, end }) => start === page && end > page))

const orNull = (index: number) => (index < 0 ? null : index)

/** mpol_new and mpol_dup: an object of its own. */
export function newPolicy(s: As, value: string): number {
  const p = s.policy.findIndex(({ refcnt, dying }) => refcnt === 0 && !dying)
  s.policy[p] = { refcnt: 1, value, dying: false }
  return p
}

/** mpol_put: the last reference frees the object, at once or after a grace period. */
export function putPolicy(s: As, p: number | null): void {
  if (p === null) return
  s.policy[p].refcnt--
  if (s.policy[p].refcnt === 0 && s.defersPolicyFree) s.policy[p].dying = true
}

/** Whether the memory of a policy is still that policy. */
export const isAllocated = (s: As, p: number): boolean => s.policy[p].refcnt > 0 || s.policy[p].dying

/** What a policy pointer says, by name; null for no policy. */
export const policyValue = (s: As, p: number | null): string | null => (p === null ? null : s.policy[p].value)

/** A free folio by a policy: on its nodes in their order, then elsewhere where the mode allows that. */
export function allocateBy(s: As, space: AddressSpace, policy: PolicyText | null, index: number): number | null {
  const { machine } = space.text
  const { first, elsewhere } = nodesOf(policy, { local: machine.local ?? 0, index })
  const rest = allowedOn(machine).filter((node) => !first.includes(node))
  for (const node of elsewhere ? [...first, ...rest] : first) {
    const f = s.folio.findIndex((folio) => folio.refs === 0 && folio.node === node)
    if (f >= 0) return f
  }
  return null
}
