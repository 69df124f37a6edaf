/** Kernel releases as the spec names them, and their order. */
import { SpecError } from '../checker/language/index.ts'

export type Release = `v${number}.${number}`

/** The releases that the model knows: the first with a check on long-term pins, up to the last whose facts it follows. */
export const RELEASES: readonly Release[] = [
  ...Array.from({ length: 19 }, (_, at): Release => `v5.${at + 1}` as Release),
  ...Array.from({ length: 18 }, (_, at): Release => `v6.${at}` as Release),
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
