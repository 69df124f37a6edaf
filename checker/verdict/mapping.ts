/**
 * The mapping of a refinement claim as a function of packed states. It is learned like an action: the claim's own function is
 * run once for each combination of values that it reads, and a table answers from then on.
 */
import { type Layout, layoutOf, readField } from '../engine/layout.ts'
import { Recorder } from '../engine/recorder.ts'
import { LARGEST_TABLE } from '../engine/rules.ts'
import { emptyTable, insertPath, leafFor } from '../engine/table.ts'
import { DISABLED } from '../language/action.ts'
import { asSpecError, openDraft } from '../language/draft.ts'
import { SpecError } from '../language/errors.ts'
import type { Model } from '../language/model.ts'
import type { Refinement } from '../language/refinement.ts'
import { AbstractStates } from './abstract-states.ts'

/** How the states of a model correspond to those of the model that it implements. */
export interface Correspondence {
  readonly abstract: AbstractStates
  /** the number of the abstract state for the state whose packed words begin at `base` */
  readonly map: (words: Int32Array, base: number) => number
}

/** The correspondence that a claim of a model declares. Both functions throw a SpecError where the claim is at fault. */
export function correspondence(model: Model, claim: Refinement<object>): Correspondence {
  const place = `claim '${claim.name}'`
  const abstract = new AbstractStates(claim.abstract, place)
  const layout = layoutOf(model.domain.cells)
  const table = emptyTable<number>()
  const learner = new Learner(model, layout, claim, abstract)
  const map = (words: Int32Array, base: number): number => {
    const known = leafFor(table, words, base)
    if (known !== undefined) return known.result
    try {
      const first = learner.run(words, base)
      if (table.leaves >= LARGEST_TABLE) return first
      const example = words.slice(base, base + layout.words)
      insertPath(table, layout, learner.recorder, first, Object.is, () => example)
      // A second time, so that a function which keeps state elsewhere is noticed.
      const second = learner.run(words, base)
      return insertPath(table, layout, learner.recorder, second, Object.is, () => example).result
    } catch (thrown) {
      throw asSpecError(thrown, place)
    }
  }
  return { abstract, map }
}

/** Runs the mapping's own function on one packed state after the other. */
class Learner {
  readonly recorder: Recorder
  readonly #layout: Layout
  readonly #claim: Refinement<object>
  readonly #abstract: AbstractStates
  readonly #before: object
  readonly #target: object
  readonly #codes: Int32Array
  readonly #written: Uint8Array

  constructor(model: Model, layout: Layout, claim: Refinement<object>, abstract: AbstractStates) {
    const { cells } = abstract.model.domain
    this.#layout = layout
    this.#claim = claim
    this.#abstract = abstract
    this.recorder = new Recorder(layout.fields.length)
    this.#before = openDraft(model.domain, this.recorder).state
    this.#codes = new Int32Array(cells.length)
    this.#written = new Uint8Array(cells.length)
    const store = {
      read: (cell: number) => {
        if (this.#written[cell] === 0) throw this.#unwritten(cell, 'the mapping read it before it had a value')
        return this.#codes[cell]
      },
      write: (cell: number, code: number) => {
        this.#codes[cell] = code
        this.#written[cell] = 1
      },
    }
    // Variables of the abstract state are named after its model: the other one may have variables of the same names.
    this.#target = abstract.model.domain.bind(store, 0, abstract.model.name).get()
  }

  /** The number of the abstract state for the state at `base`; the recorder then knows what was read. */
  run(words: Int32Array, base: number): number {
    this.#written.fill(0)
    this.recorder.begin((cell) => readField(this.#layout.fields[cell], words, base))
    try {
      this.#claim.map(this.#before, this.#target)
    } catch (thrown) {
      throw thrown === DISABLED ? guarded() : thrown
    }
    if (this.recorder.writtenCells.length > 0) throw writesBack()
    const open = this.#written.indexOf(0)
    if (open >= 0) throw this.#unwritten(open, 'the mapping leaves it open')
    return this.#abstract.number(this.#codes)
  }

  #unwritten(cell: number, why: string): SpecError {
    const { name, domain } = this.#abstract.model
    return new SpecError(
      `${name}${domain.cells[cell].path} is not written`,
      why,
      'give every abstract variable a value in map, whatever the state; sets start as new Set(), sequences as []',
    )
  }
}

function guarded(): SpecError {
  return new SpecError(
    'its mapping met a false when(...)',
    'every state stands for an abstract state, so that a mapping has no condition',
    'say with if, or ?:, which abstract state it is in each case',
  )
}

function writesBack(): SpecError {
  return new SpecError(
    'its mapping changes the state',
    'it only looks at the state, and writes the abstract one',
    'write to the second parameter of map, or compute with local variables',
  )
}
