/**
 * The states of an abstract model that a refinement claim speaks of, numbered from 0 in the order in which they turn up, and
 * the steps from them. There are few of them, so that each is looked at once and its steps are remembered.
 */
import { Explorer } from '../engine/explorer.ts'
import { layoutOf, pack, readField } from '../engine/layout.ts'
import { Space } from '../engine/space.ts'
import { asSpecError } from '../language/draft.ts'
import type { Requirement } from '../language/fairness.ts'
import { forEachInitial } from '../language/initial.ts'
import type { Model } from '../language/model.ts'

/** From a state: every other state that a step leads to, with the instances whose step that is. */
export type AbstractSteps = ReadonlyMap<number, readonly number[]>

/** How many of them are kept; a power of two. */
const RECENT = 1 << 14

export class AbstractStates {
  readonly model: Model
  readonly initial: ReadonlySet<number>
  /** what errors name first */
  readonly #place: string
  readonly #explorer: Explorer
  readonly #space: Space
  readonly #words: Int32Array[] = []
  readonly #numbers = new Map<string, number>()
  readonly #steps: AbstractSteps[] = []
  /** pairs of states that a step leads from and to: a graph asks for the same ones millions of times */
  readonly #recent = new Int32Array(2 * RECENT)

  /** Throws a SpecError where the initial states of the model are at fault; its messages begin with `place`. */
  constructor(model: Model, place: string) {
    this.model = model
    this.#place = `${place}: ${model.name}`
    this.#space = new Space(layoutOf(model.domain.cells))
    // A step of the abstract model is one even where its own search would not follow it.
    this.#explorer = new Explorer({ ...model, claims: [], constraint: null, final: null }, this.#space, 1)
    const initial = new Set<number>()
    try {
      forEachInitial(model, (codes) => initial.add(this.number(codes)))
    } catch (thrown) {
      throw asSpecError(thrown, this.#place)
    }
    this.initial = initial
  }

  /** The number of the state with these cell codes. */
  number(codes: Readonly<Int32Array>): number {
    const words = new Int32Array(this.#space.words)
    pack(this.#explorer.teacher.layout, codes, words, 0)
    return this.#intern(words)
  }

  /** The cell codes of a state. */
  codes(state: number): Int32Array {
    return Int32Array.from(this.#explorer.teacher.layout.fields, (field) => readField(field, this.#words[state], 0))
  }

  /** The steps that change a state; those that leave it as it is are stuttering. */
  steps(state: number): AbstractSteps {
    this.#steps[state] ??= this.#explore(state)
    return this.#steps[state]
  }

  /** Tells whether the model can go from one state to the other, or they are the same. */
  allows(before: number, after: number): boolean {
    if (before === after) return true
    const slot = 2 * ((Math.imul(before, 0x9e3779b1) ^ after) & (RECENT - 1))
    if (this.#recent[slot] === before && this.#recent[slot + 1] === after) return true
    if (!this.steps(before).has(after)) return false
    this.#recent[slot] = before
    this.#recent[slot + 1] = after
    return true
  }

  /** The other states that steps of a requirement lead to; none where it is not enabled. */
  reachedBy({ counts }: Requirement, state: number): ReadonlySet<number> {
    const counted = [...this.steps(state)].filter(([, instances]) => instances.some((each) => counts[each]))
    return new Set(counted.map(([after]) => after))
  }

  #explore(state: number): AbstractSteps {
    const steps = new Map<number, number[]>()
    this.#space.log.set(this.#words[state], this.#space.stride)
    try {
      this.#explorer.successors(1, (instance, out, at) => {
        const after = this.#intern(out.slice(at, at + this.#space.words))
        if (after === state) return
        const known = steps.get(after)
        if (known === undefined) steps.set(after, [instance])
        else if (known[known.length - 1] !== instance) known.push(instance)
      })
    } catch (thrown) {
      throw asSpecError(thrown, `${this.#place} in ${this.#print(state)}`)
    }
    return steps
  }

  #intern(words: Int32Array): number {
    const key = words.join()
    const known = this.#numbers.get(key)
    if (known !== undefined) return known
    this.#numbers.set(key, this.#words.length)
    return this.#words.push(words) - 1
  }

  #print(state: number): string {
    const codes = this.codes(state)
    const { units } = this.model.domain
    return `{ ${units.map((unit) => `${unit.path.replace(/^\./, '')} = ${unit.print((cell) => codes[cell])}`).join(', ')} }`
  }
}
