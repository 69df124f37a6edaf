/**
 * Does a spec keep the symmetry that it declares? Every action and predicate is asked to do the same with renamed
 * members on renamed states: on an example of every path that its table learned, with every exchange of two neighbours,
 * and on found states with other renamings, all of both where they are few. A spec that fails is refused; one that
 * passes on a large model has been sampled there, not proved.
 */
import { SpecError } from '../language/errors.ts'
import type { Model } from '../language/model.ts'
import type { Renaming } from '../language/renaming.ts'
import type { Explorer } from './explorer.ts'
import { forEachRenaming, randomRenamings } from './renamings.ts'
import { forEachExample, type PredicateRule } from './rules.ts'
import type { IdRange } from './space.ts'
import type { Exchange, Symmetry } from './symmetry.ts'

/** A renaming, and how messages name what it exchanges. */
interface Renamed {
  readonly by: Renaming
  readonly whom: string
}

/** Pairs of a state and a renaming that are all looked at; of more, the second number are. */
const ALL_PAIRS = 10_000
const SAMPLED_PAIRS = 2_000

/** Throws a SpecError that names the first action or predicate found to treat members differently. */
export function auditSymmetry(explorer: Explorer, symmetry: Symmetry, levels: readonly (readonly IdRange[])[]): void {
  const audit = new Audit(explorer, symmetry)
  for (const exchange of symmetry.exchanges) audit.checkExamples(named(exchange))
  audit.checkStates(levels)
}

const named = ({ by, members }: Exchange): Renamed => ({ by, whom: members.join(' and ') })

class Audit {
  readonly #explorer: Explorer
  readonly #symmetry: Symmetry
  readonly #position: ReadonlyMap<string, number>

  constructor(explorer: Explorer, symmetry: Symmetry) {
    this.#explorer = explorer
    this.#symmetry = symmetry
    this.#position = new Map(explorer.model.instances.map((each, at) => [key(each.name, each), at]))
  }

  /** What every learned path was learned from. */
  checkExamples(renamed: Renamed): void {
    const { actions, statePredicates, stepPredicates, space } = this.#explorer
    const { words } = space
    const image = (state: Int32Array, base = 0) => this.#symmetry.image(state, base, renamed.by)
    const position = new Map(actions.map((rule, at) => [rule, at]))
    forEachExample(actions, (rule, state) => this.#checkAction(position.get(rule)!, state, image(state), renamed))
    forEachExample(statePredicates, (rule, state) => this.#checkClaim(rule.bound.claim, state, image(state), renamed))
    forEachExample(stepPredicates, (rule, pair) => {
      const after = pair.subarray(words)
      this.#checkStep(rule.bound.claim, [pair, after], [image(pair), image(after)], renamed)
    })
    forEachExample(this.#explorer.otherPredicates(), (rule, state) =>
      this.#checkOther(rule, state, image(state), renamed),
    )
  }

  /** States that were found, and everything that can be done in them. */
  checkStates(levels: readonly (readonly IdRange[])[]): void {
    const ids = levels.flat().flatMap(({ from, to }) => Array.from({ length: to - from }, (_, at) => from + at))
    const { interchangeable } = this.#explorer.model
    const exchanges = this.#symmetry.exchanges.map(named)
    const whom = `members of ${interchangeable.map(({ name }) => `'${name}'`).join(' and ')}`
    if (ids.length * this.#symmetry.renamings <= ALL_PAIRS) {
      for (const id of ids) for (const renamed of exchanges) this.#checkState(id, renamed)
      for (const id of ids) forEachRenaming(interchangeable, (by) => this.#checkState(id, { by, whom }))
      return
    }
    const random = randomRenamings(interchangeable)
    for (let pair = 0; pair < SAMPLED_PAIRS; pair++) {
      const id = ids[Math.floor((pair * ids.length) / SAMPLED_PAIRS)]
      const exchange = exchanges[pair % exchanges.length]
      this.#checkState(id, Math.floor(pair / exchanges.length) % 2 === 0 ? exchange : { by: random(), whom })
    }
  }

  #checkState(id: number, renamed: Renamed): void {
    const explorer = this.#explorer
    const { stride, words, log } = explorer.space
    const state = log.slice(id * stride, id * stride + words)
    const image = this.#symmetry.image(state, 0, renamed.by)
    for (let instance = 0; instance < explorer.actions.length; instance++)
      this.#checkAction(instance, state, image, renamed)
    for (const rule of explorer.otherPredicates()) this.#checkOther(rule, state, image, renamed)
    explorer.model.claims.forEach(({ kind }, claim) => {
      if (kind === 'invariant' || kind === 'reachable') this.#checkClaim(claim, state, image, renamed)
      if (kind !== 'step') return
      explorer.successorsOf(state, 0, (_instance, out, at) => {
        const after = out.slice(at, at + words)
        this.#checkStep(claim, [state, after], [image, this.#symmetry.image(after, 0, renamed.by)], renamed)
      })
    })
  }

  #checkAction(at: number, state: Int32Array, image: Int32Array, renamed: Renamed): void {
    const instance = this.#explorer.model.instances[at]
    const other = this.#position.get(key(instance.name, instance.renamed(renamed.by)))
    const expected = this.#successors(at, state, (successor) => this.#symmetry.image(successor, 0, renamed.by))
    const found = other === undefined ? null : this.#successors(other, image, (successor) => successor)
    if (found !== null && expected.size === found.size && [...expected].every((each) => found.has(each))) return
    const name = `${instance.actor === '' || instance.group === '' ? '' : `${instance.actor} at `}'${instance.label}'`
    throw unlike(`the step ${name}`, renamed)
  }

  #successors(at: number, state: Int32Array, map: (successor: Int32Array) => Int32Array): Set<string> {
    const all = new Set<string>()
    this.#explorer.stepsOf(at, state, (out, base) => {
      all.add(map(out.slice(base, base + this.#explorer.space.words)).join())
    })
    return all
  }

  #checkClaim(claim: number, state: Int32Array, image: Int32Array, renamed: Renamed): void {
    const decides = (words: Int32Array) => this.#explorer.decidesAt(claim, words, 0)
    if (decides(state) !== decides(image)) throw unlike(this.#claimName(claim), renamed)
  }

  #checkStep(claim: number, step: readonly Int32Array[], image: readonly Int32Array[], renamed: Renamed): void {
    const violates = ([before, after]: readonly Int32Array[]) => this.#explorer.stepViolates(claim, before, 0, after, 0)
    if (violates(step) !== violates(image)) throw unlike(this.#claimName(claim), renamed)
  }

  #checkOther(rule: PredicateRule, state: Int32Array, image: Int32Array, renamed: Renamed): void {
    if (this.#explorer.satisfies(rule, state) !== this.#explorer.satisfies(rule, image))
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

/** The error for temporal claims on a model that is reduced by symmetry. */
export function temporalRefusal(claim: string): SpecError {
  return new SpecError(
    `the temporal claim '${claim}' cannot be checked on states reduced by symmetry`,
    'a cycle of orbits need not be a cycle of states, and fairness is about single members, whom orbits do not tell apart',
    'check temporal claims with --no-symmetry and the others with --claim, or drop { symmetric: true }',
  )
}
