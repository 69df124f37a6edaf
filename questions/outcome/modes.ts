/**
 * The words of mbind(2) in a file: modes, mode flags and MPOL_MF_* flags, with or without prefix, in any case, or as the
 * numbers of include/uapi/linux/mempolicy.h.
 */
import { type Flags, MODE_FLAGS, type Mode, type ModeFlag, type PolicyText } from '../../spec/mbind/call.ts'
import { below, type Json } from './json.ts'
import type { Part, Problems } from './problems.ts'

/** In the order of their numbers. */
const MODES: readonly Mode[] = [
  'DEFAULT',
  'PREFERRED',
  'BIND',
  'INTERLEAVE',
  'LOCAL',
  'PREFERRED_MANY',
  'WEIGHTED_INTERLEAVE',
]
const MODE_FLAG_NAMES: Readonly<Record<string, ModeFlag>> = {
  STATIC: 'STATIC',
  RELATIVE: 'RELATIVE',
  NUMA_BALANCING: 'NUMA_BALANCING',
  STATIC_NODES: 'STATIC',
  RELATIVE_NODES: 'RELATIVE',
}
const MODE_FLAG_BITS: Readonly<Record<ModeFlag, number>> = {
  STATIC: 1 << 15,
  RELATIVE: 1 << 14,
  NUMA_BALANCING: 1 << 13,
}
const LONG_NAMES: Readonly<Record<ModeFlag, string>> = {
  STATIC: 'F_STATIC_NODES',
  RELATIVE: 'F_RELATIVE_NODES',
  NUMA_BALANCING: 'F_NUMA_BALANCING',
}
const FLAG_NAMES = ['STRICT', 'MOVE', 'ALL', 'MOVE_ALL', 'LAZY'] as const
/** From the lowest bit. */
const FLAG_BITS = ['STRICT', 'MOVE', 'ALL', 'LAZY'] as const

/** A mode as a file has it, with its mode flags behind bars: `BIND`, `bind|static`, `MPOL_LOCAL`. */
export function readMode(
  { path, json }: Part,
  problems: Problems,
): { readonly mode: Mode; readonly modeFlags: readonly ModeFlag[] } | undefined {
  if (json === undefined) return undefined
  if (typeof json === 'number') {
    const modeFlags = MODE_FLAGS.filter((flag) => (json & MODE_FLAG_BITS[flag]) !== 0)
    const number = modeFlags.reduce((rest, flag) => rest - MODE_FLAG_BITS[flag], json)
    if (number in MODES) return { mode: MODES[number], modeFlags }
  }
  if (typeof json !== 'string')
    return problems.add(path, `is ${JSON.stringify(json)}`, `a mode: one of ${MODES.join(', ')}`)
  const [first, ...rest] = json.split('|').map((word) => canonical(word, /^MPOL_(F_)?/))
  const mode = problems.word({ path, json: first }, MODES, 'a mode')
  const modeFlags = rest.map((word) => {
    const known = problems.word({ path, json: word }, Object.keys(MODE_FLAG_NAMES), 'a mode flag')
    return known === undefined ? undefined : MODE_FLAG_NAMES[known]
  })
  if (mode === undefined || modeFlags.includes(undefined)) return undefined
  return { mode, modeFlags: [...new Set(modeFlags as ModeFlag[])] }
}

/** Flags as a file has them: a list of names, names with bars between them, or a number. */
export function readFlags(
  { path, json }: Part,
  problems: Problems,
): { readonly flags: Flags; readonly lazy: boolean } | undefined {
  if (json === undefined) return undefined
  const names = namesIn(json)
  if (names === undefined) {
    return problems.add(
      path,
      `is ${JSON.stringify(json)}`,
      `flags: a list of names out of ${FLAG_NAMES.join(', ')}`,
      'write [] where there are none, or for example ["MOVE", "STRICT"]',
    )
  }
  const before = problems.count
  const known = names.map((name, at) =>
    problems.word(
      {
        path: Array.isArray(json) ? below(path, at) : path,
        json: typeof name === 'string' ? canonical(name, /^MPOL_MF_/) : name,
      },
      FLAG_NAMES,
      'a flag',
    ),
  )
  if (problems.count > before) return undefined
  const move = known.includes('ALL') || known.includes('MOVE_ALL') ? 'ALL' : known.includes('MOVE') ? 'MOVE' : ''
  const strict = known.includes('STRICT') ? 'STRICT' : ''
  return { flags: ([move, strict].filter(Boolean).join('|') || '0') as Flags, lazy: known.includes('LAZY') }
}

function namesIn(json: Json): readonly Json[] | undefined {
  if (typeof json === 'string') return json.split('|').filter((word) => !/^\s*0?\s*$/.test(word))
  if (typeof json === 'number' && Number.isInteger(json) && json >= 0 && json < 1 << FLAG_BITS.length)
    return FLAG_BITS.filter((_, bit) => (json & (1 << bit)) !== 0)
  return Array.isArray(json) ? (json as readonly Json[]) : undefined
}

/** `MPOL_F_STATIC_NODES`, `static-nodes` and `STATIC_NODES` are one word. */
const canonical = (word: string, prefix: RegExp): string =>
  word.trim().toUpperCase().replaceAll(/[- ]/g, '_').replace(prefix, '')

/**
 * A policy as an answer shows it: null where there is none, and the mode written as `like`, a mode of the file, is.
 */
export function policyLike(like: Json | undefined): (policy: PolicyText | null) => object | null {
  if (typeof like === 'number') return (policy) => policy && { mode: modeNumber(policy), nodes: [...policy.nodes] }
  const model = typeof like === 'string' ? like : ''
  const prefix = /^\s*mpol_/i.exec(model)?.[0].trim() ?? ''
  const lower = model !== '' && model === model.toLowerCase()
  return (policy) => {
    if (policy === null) return null
    const flags = (policy.flags ?? []).map((flag) => (prefix === '' ? flag : LONG_NAMES[flag]))
    const words = [policy.mode, ...flags].map((word) => prefix + (lower ? word.toLowerCase() : word))
    return { mode: words.join('|'), nodes: [...policy.nodes] }
  }
}

const modeNumber = ({ mode, flags = [] }: PolicyText): number =>
  flags.reduce((number, flag) => number | MODE_FLAG_BITS[flag], MODES.indexOf(mode))
