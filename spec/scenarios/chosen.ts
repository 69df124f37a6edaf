/** Scenarios that begin in one of several named situations: all of them, or the one that a constant names. */
import { SpecError } from '../../checker/language/index.ts'

/** The entries of `all`, or the one called `name`. Throws a SpecError for a name that there is not. */
export function chosen<T>(all: Readonly<Record<string, T>>, name: string): [string, T][] {
  const entries = Object.entries(all)
  const found = entries.filter(([each]) => name === 'all' || each === name)
  if (found.length > 0) return found
  const similar = entries.map(([each]) => each).filter((each) => each.startsWith(name.split(';')[0]))
  throw new SpecError(
    `there is no situation '${name}'`,
    `there are ${(similar.length > 0 ? similar : entries.map(([each]) => each)).slice(0, 12).join(', ')}`,
    'name one of them as it is written, or say all',
  )
}
