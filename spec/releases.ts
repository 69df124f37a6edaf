/** Kernel releases as the spec names them, and their order. */
import { SpecError } from '../checker/language/index.ts'

export type Release = `v${number}.${number}`

const series = (major: number, from: number, to: number): Release[] =>
  Array.from({ length: to - from + 1 }, (_, at): Release => `v${major}.${from + at}`)

/** The releases that the model knows: from the first with batched munlock to the last whose facts it follows. */
export const RELEASES: readonly Release[] = [
  ...series(3, 12, 19),
  ...series(4, 0, 20),
  ...series(5, 0, 19),
  ...series(6, 0, 19),
  ...series(7, 0, 3),
]

/** Negative, zero or positive as `a` is older than, the same as or newer than `b`. */
export function compareReleases(a: Release, b: Release): number {
  const [majorA, minorA] = parts(a)
  const [majorB, minorB] = parts(b)
  return majorA - majorB || minorA - minorB
}

function parts(release: Release): [number, number] {
  const found = /^v(\d+)\.(\d+)$/.exec(release)
  if (found === null) throw new SpecError(`${release} is no release`, 'releases are named like v6.1', 'write v6.1')
  return [Number(found[1]), Number(found[2])]
}
