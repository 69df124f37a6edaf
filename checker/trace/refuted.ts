/**
 * Why a path refutes a refinement claim, in words: the abstract states that its last step leads from and to, or that it keeps
 * going through, and what the abstract model could have done instead.
 */
import type { Unit } from '../language/domain.ts'
import type { Requirement } from '../language/fairness.ts'
import type { AbstractStates } from '../verdict/abstract-states.ts'
import type { Correspondence } from '../verdict/mapping.ts'
import { equalIn, evidenceFor, printUnit, variableOf } from './describe.ts'
import type { Path } from './shortest.ts'
import type { Alternative, Change, Evidence, Trace } from './trace.ts'

type Codes = Readonly<Int32Array>

/** What a trace says about its refutation. */
export type Reasons = Pick<Trace, 'failed' | 'instead'>

/** Initial states shown, of those that differ least from the one that is none. */
const NEAREST = 3

/** The reasons, or null when the path does not refute the claim. `loop` is that of the trace. */
export function refutation(related: Correspondence, path: Path, loop: number | null): Reasons | null {
  const { abstract, map } = related
  const states = path.states.map((words) => map(words, 0))
  const codes = states.map((state) => abstract.codes(state))
  if (loop !== null) return neglected(abstract, states, codes, loop)
  const last = states.length - 1
  return last === 0
    ? notInitial(abstract, states[0], codes)
    : noSuchStep(abstract, states[last - 1], states[last], codes)
}

function notInitial(abstract: AbstractStates, state: number, codes: readonly Codes[]): Reasons | null {
  if (abstract.initial.has(state)) return null
  const { name, domain } = abstract.model
  const others = [...abstract.initial].map((each) => changes(abstract, codes[0], abstract.codes(each)))
  const least = Math.min(...others.map(({ length }) => length))
  return {
    failed: [{ name: `no initial state of ${name}`, args: '', evidence: evidence(domain.units, codes) }],
    instead: {
      heading: `${name} can begin with`,
      steps: others
        .filter(({ length }) => length === least)
        .slice(0, NEAREST)
        .map((each) => ({ label: 'initially', changes: each })),
    },
  }
}

function noSuchStep(abstract: AbstractStates, before: number, after: number, codes: readonly Codes[]): Reasons | null {
  if (abstract.allows(before, after)) return null
  const { name, domain } = abstract.model
  const last = codes.length - 1
  const changed = domain.units.filter((unit) => !equalIn(unit, codes[last - 1], codes[last]))
  return {
    failed: [
      { name: `${name} before step ${last}`, args: '', evidence: evidence(domain.units, codes.slice(0, last)) },
      { name: `and after it, where no step of ${name} leads`, args: '', evidence: evidence(changed, codes) },
    ],
    instead: possible(abstract, before, null),
  }
}

/** The first requirement that the part from `loop` on enables (a weak one always) and never takes. */
function neglected(
  abstract: AbstractStates,
  states: readonly number[],
  codes: readonly Codes[],
  loop: number,
): Reasons | null {
  const round = states.slice(loop)
  const isNeglected = (requirement: Requirement) => {
    const reached = round.map((state) => abstract.reachedBy(requirement, state))
    const waits = reached.map(({ size }) => size > 0)
    return (
      (requirement.strength === 'weak' ? waits.every(Boolean) : waits.some(Boolean)) &&
      round.every((state, at) => at === 0 || !reached[at - 1].has(state))
    )
  }
  const requirement = abstract.model.fairness.find(isNeglected)
  if (requirement === undefined) return null
  const { name, domain } = abstract.model
  const { strength } = requirement
  const at = loop + round.findIndex((state) => abstract.reachedBy(requirement, state).size > 0)
  const how = strength === 'weak' ? 'stays possible' : 'is possible again and again'
  return {
    failed: [
      {
        name: `${strength} fairness of ${requirement.name} in ${name}: it ${how}, and never happens`,
        args: '',
        evidence: evidence(domain.units, codes.slice(0, at + 1)),
      },
    ],
    instead: possible(abstract, states[at], requirement),
  }
}

/** What the abstract model can do in a state; only steps of the requirement where one is given. */
function possible(
  abstract: AbstractStates,
  state: number,
  requirement: Requirement | null,
): NonNullable<Trace['instead']> {
  const { name, instances } = abstract.model
  const from = abstract.codes(state)
  const steps = [...abstract.steps(state)].flatMap(([after, by]) =>
    by
      .filter((instance) => requirement === null || requirement.counts[instance])
      .map((instance): Alternative & { instance: number } => {
        const { actor, label, anchor } = instances[instance]
        return {
          instance,
          label: actor === '' || anchor === '' ? label : `${actor} '${label}'`,
          changes: changes(abstract, from, abstract.codes(after)),
        }
      }),
  )
  return {
    heading: steps.length === 0 ? `${name} has no step there` : `steps of ${name} from there`,
    steps: steps.sort((a, b) => a.instance - b.instance).map(({ label, changes }) => ({ label, changes })),
  }
}

function changes({ model }: AbstractStates, before: Codes, after: Codes): Change[] {
  return model.domain.units
    .filter((unit) => !equalIn(unit, before, after))
    .map((unit) => ({ variable: variableOf(unit), from: printUnit(unit, before), to: printUnit(unit, after) }))
}

const evidence = (units: readonly Unit[], codes: readonly Codes[]): Evidence[] =>
  units.map((unit) => evidenceFor(unit, codes))
