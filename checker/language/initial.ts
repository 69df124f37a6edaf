/** Initial states: every alternative of every initialiser, as the codes of the state's cells. */
import { asSpecError, enabled, forEachBranch, openDraft } from './draft.ts'
import { SpecError } from './errors.ts'
import type { Model } from './model.ts'

/**
 * Calls `visit` with the cell codes of each initial state, in order, until it answers true; the array is reused. Throws a SpecError where an
 * initialiser leaves a variable without a value, writes one outside its domain, or throws, and where there is no initial
 * state at all.
 */
export function forEachInitial(model: Model, visit: (codes: Readonly<Int32Array>, name: string) => unknown): void {
  const { cells } = model.domain
  const codes = new Int32Array(cells.length)
  const written = new Uint8Array(cells.length)
  let none = true
  let enough = false
  const draft = openDraft(model.domain, {
    read(cell) {
      if (written[cell] === 0) throw uninitialised(cells[cell].path, 'it was read before it had a value')
      return codes[cell]
    },
    write(cell, code) {
      codes[cell] = code
      written[cell] = 1
    },
  })
  for (const { name, run } of model.init) {
    if (enough) return
    try {
      forEachBranch((chooser) => {
        codes.fill(0)
        written.fill(0)
        if (!enabled(run, draft, chooser)) return false
        const missing = written.indexOf(0)
        if (missing >= 0) throw uninitialised(cells[missing].path, 'the initial state leaves it open')
        none = false
        enough = visit(codes, name) === true
        return enough
      })
    } catch (thrown) {
      throw asSpecError(thrown, `initial state '${name}'`)
    }
  }
  if (none) throw noInitialState('every initialiser met a false when(...), or a choose(...) from nothing')
}

/** The error for a model without initial states: of no states anything is true. */
export function noInitialState(why: string): SpecError {
  return new SpecError('there is no initial state', why, 'correct the conditions: nothing would be checked')
}

function uninitialised(path: string, why: string): SpecError {
  const variable = path.replace(/^\./, '')
  return new SpecError(
    `${variable} is never initialised`,
    why,
    'give every variable a value in init; sets start as new Set(), sequences as []',
  )
}
