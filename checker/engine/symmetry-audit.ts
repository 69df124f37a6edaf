/**
 * Does a spec keep the symmetry that it declares? Every action and predicate is asked to do the same with renamed
 * members on renamed states: on an example of every path that its table learned, with every exchange of two neighbours,
 * and on found states with other renamings, all of both where they are few. A spec that fails is refused; one that
 * passes on a large model has been sampled there, not proved.
 */
import type { Claim } from '../language/claim.ts'
import { SpecError } from '../language/errors.ts'
import type { Model } from '../language/model.ts'
import type { Renaming } from '../language/renaming.ts'
import type { Explorer } from './explorer.ts'
import { forEachRenaming, randomRenamings } from './renamings.ts'
import { forEachExample, type PredicateRule } from './rules.ts'
import type { FoundStates } from './states.ts'
import type { Symmetry } from './symmetry.ts'

/** A renaming, and how messages name what it exchanges. */
interface Renamed {
  readonly by: Renaming
  readonly whom: string
  /** for each instance the one that does the same for the renamed members, or -1 */
  readonly instances: Int32Array
}

/** The successors of one state by each instance, which are compared with those of its images. */
type Steps = readonly (readonly Int32Array[])[]

/** Pairs of a state and a renaming that are all looked at; of more, the second number are. */
const ALL_PAIRS = 4_000
const SAMPLED_PAIRS = 1_000

/** Throws a SpecError that names the first action or predicate found to treat members differently. */
export function auditSymmetry(explorer: Explorer, symmetry: Symmetry, states: FoundStates): void {
  const audit = new Audit(explorer, symmetry)
  audit.checkExamples()
  audit.checkStates(states)
}

class Audit {
  readonly #explorer: Explorer
  readonly #symmetry: Symmetry
  readonly #position: ReadonlyMap<string, number>
  readonly #exchanges: readonly Renamed[]

  constructor(explorer: Explorer, symmetry: Symmetry) {
    this.#explorer = explorer
    this.#symmetry = symmetry
    this.#position = new Map(explorer.model.instances.map((each, at) => [key(each.name, each), at]))
    this.#exchanges = symmetry.exchanges.map(({ by, members }) => this.#renamed(by, members.join(' and ')))
  }

  #renamed(by: Renaming, whom: string): Renamed {
    const instances = this.#explorer.model.instances.map(
      ({ name, renamed }) => this.#position.get(key(name, renamed(by))) ?? -1,
    )
    return { by, whom, instances: Int32Array.from(instances) }
  }

  /** What every learned path was learned from. */
  checkExamples(): void {
    for (const renamed of this.#exchanges) this.#checkExamples(renamed)
  }

  #checkExamples(renamed: Renamed): void {
    const { actions, inspector, space } = this.#explorer
    const { statePredicates, stepPredicates } = inspector
    const { words } = space
    const image = (state: Int32Array, base = 0) => this.#symmetry.image(state, base, renamed.by)
    const position = new Map(actions.map((rule, at) => [rule, at]))
    forEachExample(actions, (rule, state) => {
      const at = position.get(rule)!
      this.#checkAction(at, this.#successors(at, state), image(state), renamed)
    })
    forEachExample(statePredicates, (rule, state) => this.#checkClaim(rule.bound.claim, state, image(state), renamed))
    forEachExample(stepPredicates, (rule, pair) => {
      const after = pair.subarray(words)
      this.#checkStep(rule.bound.claim, [pair, after], [image(pair), image(after)], renamed)
    })
    forEachExample(this.#explorer.inspector.otherPredicates(), (rule, state) =>
      this.#checkOther(rule, state, image(state), renamed),
    )
  }

  /** States that were found, and everything that can be done in them. */
  checkStates(states: FoundStates): void {
    const size = Array.from({ length: states.depth }, (_, at) => states.size(at + 1)).reduce((a, b) => a + b, 0)
    const { interchangeable } = this.#explorer.model
    const whom = `members of ${interchangeable.map(({ name }) => `'${name}'`).join(' and ')}`
    if (size * this.#symmetry.renamings <= ALL_PAIRS) {
      const all = [...this.#exchanges]
      forEachRenaming(interchangeable, (by) => {
        all.push(this.#renamed(new Map([...by].map(([name, indices]) => [name, Array.from(indices)])), whom))
      })
      for (const state of states.sample(1, states.depth, size)) this.#checkState(state, all)
      return
    }
    const random = randomRenamings(interchangeable)
    states.sample(1, states.depth, SAMPLED_PAIRS / 2).forEach((state, at) => {
      this.#checkState(state, [this.#exchanges[at % this.#exchanges.length], this.#renamed(random(), whom)])
    })
  }

  #checkState(state: Int32Array, all: readonly Renamed[]): void {
    const explorer = this.#explorer
    const steps: Steps = explorer.actions.map((_, instance) => this.#successors(instance, state))
    for (const renamed of all) {
      const image = this.#symmetry.image(state, 0, renamed.by)
      steps.forEach((successors, instance) => this.#checkAction(instance, successors, image, renamed))
      for (const rule of explorer.inspector.otherPredicates()) this.#checkOther(rule, state, image, renamed)
      explorer.model.claims.forEach(({ kind }, claim) => {
        if (kind === 'invariant' || kind === 'reachable') this.#checkClaim(claim, state, image, renamed)
        if (kind !== 'step') return
        for (const after of steps.flat().filter((each) => explorer.inspector.allows(each, 0)))
          this.#checkStep(claim, [state, after], [image, this.#symmetry.image(after, 0, renamed.by)], renamed)
      })
    }
  }

  #checkAction(at: number, successors: readonly Int32Array[], image: Int32Array, renamed: Renamed): void {
    const other = renamed.instances[at]
    const found = other < 0 ? [] : this.#successors(other, image)
    if (other >= 0 && found.length === 0 && successors.length === 0) return
    const expected = new Set(successors.map((each) => this.#symmetry.image(each, 0, renamed.by).join()))
    const actual = new Set(found.map((each) => each.join()))
    if (other >= 0 && expected.size === actual.size && [...expected].every((each) => actual.has(each))) return
    const instance = this.#explorer.model.instances[at]
    const name = `${instance.actor === '' || instance.group === '' ? '' : `${instance.actor} at `}'${instance.label}'`
    throw unlike(`the step ${name}`, renamed)
  }

  #successors(at: number, state: Int32Array): Int32Array[] {
    const all: Int32Array[] = []
    this.#explorer.stepsOf(at, state, (out, base) => all.push(out.slice(base, base + this.#explorer.space.words)))
    return all
  }

  #checkClaim(claim: number, state: Int32Array, image: Int32Array, renamed: Renamed): void {
    const decides = (words: Int32Array) => this.#explorer.inspector.decides(claim, words, 0)
    if (decides(state) !== decides(image)) throw unlike(this.#claimName(claim), renamed)
  }

  #checkStep(claim: number, step: readonly Int32Array[], image: readonly Int32Array[], renamed: Renamed): void {
    const violates = ([before, after]: readonly Int32Array[]) =>
      this.#explorer.inspector.stepViolates(claim, before, 0, after, 0)
    if (violates(step) !== violates(image)) throw unlike(this.#claimName(claim), renamed)
  }

  #checkOther(rule: PredicateRule, state: Int32Array, image: Int32Array, renamed: Renamed): void {
    if (this.#explorer.inspector.satisfies(rule, state) !== this.#explorer.inspector.satisfies(rule, image))
      throw unlike(rule.bound.place, renamed)
  }

  #claimName(claim: number): string {
    return `the claim '${this.#explorer.model.claims[claim].name}'`
  }
}

/** What tells an instance apart from all others of the model. */
const key = (name: string, { actor, label }: { actor: string; label: string }): string =>
  JSON.stringify([name, actor, label])

function unlike(what: string, { whom }: Renamed): SpecError {
  return new SpecError(
    `${what} does not treat ${whom} alike`,
    'their collection is declared symmetric, but with them exchanged everywhere the outcome is another one: a constant singles out a member, members are compared by <, or the first of several is taken',
    'treat all members alike (parameters over them must range over the collection itself), or drop { symmetric: true }; --no-symmetry checks the model as it is',
  )
}

/** The initial states of a model, noted one by one: they too must be the same with renamed members. */
export class InitialStates {
  readonly #symmetry: Symmetry
  readonly #all = new Map<string, Int32Array>()

  constructor(symmetry: Symmetry) {
    this.#symmetry = symmetry
  }

  note(words: Readonly<Int32Array>): void {
    const text = words.join()
    if (!this.#all.has(text)) this.#all.set(text, Int32Array.from(words))
  }

  /** Throws a SpecError where an exchange of members leads out of the initial states. */
  check(): void {
    for (const exchange of this.#symmetry.exchanges) {
      for (const words of this.#all.values()) {
        if (!this.#all.has(this.#symmetry.image(words, 0, exchange.by).join()))
          throw new SpecError(
            `the initial states do not treat ${exchange.members.join(' and ')} alike`,
            'their collection is declared symmetric, but with them exchanged an initial state becomes a state that is none',
            'give all members the same value, or make an initial state of every choice with choose(...); or drop { symmetric: true }, or use --no-symmetry',
          )
      }
    }
  }
}

/** The error for a path of orbits that no path of states follows. */
export function brokenSymmetry({ name, interchangeable }: Model): SpecError {
  return new SpecError(
    `${name} does not treat the members of ${interchangeable.map((each) => `'${each.name}'`).join(' and ')} alike`,
    'they are declared symmetric, but a trace that was found for some of them does not exist for others',
    'look for a constant that singles out a member, or members compared by <; --no-symmetry checks the model as it is',
  )
}

/** The error for a claim about the whole graph on a model that is reduced by symmetry. */
export function wholeGraphRefusal({ kind, name }: Pick<Claim<object>, 'kind' | 'name'>): SpecError {
  return new SpecError(
    `the ${kind} claim '${name}' cannot be checked on states reduced by symmetry`,
    kind === 'temporal'
      ? 'a cycle of orbits need not be a cycle of states, and fairness is about single members, whom orbits do not tell apart'
      : 'an orbit stands for states that the mapping may send to different abstract states',
    `check ${kind} claims with --no-symmetry and the others with --claim, or drop { symmetric: true }`,
  )
}
