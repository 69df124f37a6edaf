/** What a search has touched, noted where a table learns, so that it costs nothing per state. */
import type { Cell } from '../language/domain.ts'
import type { Model } from '../language/model.ts'

/** What is noted. */
export interface CoverageFlags {
  /** for each instance, whether it was ever enabled */
  readonly enabled: Uint8Array
  /** for each bound claim, in the order invariants, reachables, step claims, whether its premise was ever true */
  readonly premises: Uint8Array
  /** for each cell, which codes it took */
  readonly codes: readonly Uint8Array[]
}

export interface Coverage extends CoverageFlags {
  note(cell: number, code: number): void
}

/** An empty coverage of a model with that many bound claims. */
export function coverageOf(model: Model, boundClaims: number): Coverage {
  const codes = model.domain.cells.map((cell) => new Uint8Array(cell.size))
  return {
    enabled: new Uint8Array(model.instances.length),
    premises: new Uint8Array(boundClaims),
    codes,
    note(cell, code) {
      codes[cell][code] = 1
    },
  }
}

/**
 * Enters what symmetry left out: an index of a symmetric collection that took one member's code takes those of all
 * members, in some state of the orbit.
 */
export function closeCoverage({ codes }: Coverage, cells: readonly Cell[]): void {
  cells.forEach(({ members = [] }, cell) => {
    const taken = new Set(
      members.flatMap((member, code) => (codes[cell][code] === 1 ? (member?.collection.name ?? []) : [])),
    )
    members.forEach((member, code) => {
      if (member !== null && taken.has(member.collection.name)) codes[cell][code] = 1
    })
  })
}

/** Adds what another thread covered. */
export function mergeCoverage(into: Coverage, from: CoverageFlags): void {
  const or = (a: Uint8Array, b: Uint8Array) => b.forEach((bit, at) => bit === 1 && a.fill(1, at, at + 1))
  or(into.enabled, from.enabled)
  or(into.premises, from.premises)
  into.codes.forEach((codes, cell) => or(codes, from.codes[cell]))
}

/** What is noted now, to be kept. */
export const copyOfCoverage = ({ enabled, premises, codes }: CoverageFlags): CoverageFlags => ({
  enabled: enabled.slice(),
  premises: premises.slice(),
  codes: codes.map((each) => each.slice()),
})
