/**
 * Reasons to doubt a proof: a model that cannot move proves everything. An action that is never enabled, a premise that
 * is never true, a variable that never changes and a value that is never taken fail the run, unless the spec waives them
 * with a reason.
 */
import type { Coverage } from '../engine/coverage.ts'
import type { Model } from '../language/model.ts'
import { boundClaims } from '../language/predicate.ts'
import { DONE } from '../language/process.ts'

export interface TrustFinding {
  /** what a waiver names: for example `action 'Reset' is never enabled` */
  readonly text: string
  /** why the spec says that this is fine; null when nobody says so */
  readonly waived: string | null
}

const neverTrue = (name: string): string => `the premise of '${name}' is never true`

/** The findings on a model that was explored completely; `doubts` are those about its temporal claims. */
export function trustFindings(model: Model, coverage: Coverage, doubts: readonly string[] = []): TrustFinding[] {
  const texts = [
    ...idleActions(model, coverage),
    ...emptyPremises(model, coverage),
    ...doubts,
    ...unusedValues(model, coverage),
  ]
  return texts.map((text) => ({ text, waived: waiverFor(model, text)?.[1] ?? null }))
}

/** A waiver names a finding by its text, or by the beginning of it where the rest varies. */
const waiverFor = (model: Model, text: string) =>
  Object.entries(model.waive).find(([beginning]) => text.startsWith(beginning))

function idleActions(model: Model, coverage: Coverage): string[] {
  const enabled = new Map<string, boolean>()
  model.instances.forEach(({ name }, at) => {
    enabled.set(name, (enabled.get(name) ?? false) || coverage.enabled[at] === 1)
  })
  return [...enabled].filter(([, ever]) => !ever).map(([name]) => `action '${name}' is never enabled`)
}

function emptyPremises(model: Model, coverage: Coverage): string[] {
  const bounds = [...boundClaims(model, 'invariant'), ...boundClaims(model, 'reachable'), ...boundClaims(model, 'step')]
  const met = new Map<number, boolean>()
  bounds.forEach(({ claim, premise }, at) => {
    if (premise !== null) met.set(claim, (met.get(claim) ?? false) || coverage.premises[at] === 1)
  })
  return [...met].filter(([, ever]) => !ever).map(([claim]) => neverTrue(model.claims[claim].name))
}

/** Cells with one pattern are one variable: `folio[*].refs`. A program counter's values are covered by its labels. */
function unusedValues(model: Model, coverage: Coverage): string[] {
  const byPattern = new Map<string, { print: (code: number) => string; taken: Uint8Array }>()
  model.domain.cells.forEach(({ pattern, size, print }, cell) => {
    if (print === null || pattern.endsWith('.length')) return
    const variable = byPattern.get(pattern) ?? { print, taken: new Uint8Array(size) }
    coverage.codes[cell].forEach((bit, code) => {
      variable.taken[code] |= bit
    })
    byPattern.set(pattern, variable)
  })
  const labels = new Set(model.instances.map(({ label }) => label))
  return [...byPattern].flatMap(([pattern, { print, taken }]) => {
    const variable = pattern.replace(/^\./, '')
    const codes = [...taken.keys()]
    const missing = codes.filter((code) => taken[code] === 0).map(print)
    if (pattern.endsWith('.pc'))
      return missing
        .filter((value) => value !== DONE && !labels.has(value))
        .map((value) => `${variable} is never ${value}`)
    if (taken.length > 1 && missing.length === taken.length - 1) {
      return [`${variable} never changes: it is always ${print(taken.indexOf(1))}`]
    }
    return missing.length === 0 ? [] : [`${variable} is never ${abridged(missing)}`]
  })
}

function abridged(values: readonly string[]): string {
  return values.length <= 4
    ? values.join(', ')
    : `${values.slice(0, 2).join(', ')} ... ${values[values.length - 1]} (${values.length} values)`
}
