/** Mistyped names: the error that names the nearest one. */
import leven from 'leven'
import { SpecError } from '../language/errors.ts'

/** The candidate that is most like `name`; undefined when there are none. Upper and lower case count as nearly the same. */
export function nearest(name: string, candidates: Iterable<string>): string | undefined {
  const wanted = name.toLowerCase()
  const distance = (candidate: string) => {
    const cost = leven(wanted, candidate.toLowerCase())
    // Someone who typed the beginning of a name meant that name.
    return candidate.toLowerCase().startsWith(wanted) ? Math.min(cost, 1) : cost
  }
  return [...candidates]
    .map((candidate) => ({ candidate, cost: distance(candidate) }))
    .sort((a, b) => a.cost - b.cost)
    .at(0)?.candidate
}

/**
 * The error for a name that nothing has. `kind` is what was named (`kernel`), `known` says what there is or where it is
 * listed.
 */
export function unknownName(kind: string, name: string, candidates: Iterable<string>, known: string): SpecError {
  const suggestion = nearest(name, candidates)
  return new SpecError(
    `there is no ${kind} '${name}'`,
    known,
    suggestion === undefined ? `leave it out: there is no ${kind} at all` : `did you mean '${suggestion}'?`,
  )
}
