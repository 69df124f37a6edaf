/** Which rows of the tables of expectations are about a kernel: eras of mbind(2), from their first release on. */

import { baseOf, differences, kernel } from '../../spec/kernels.ts'
import { FLAGS, type Flags } from '../../spec/mbind/call.ts'
import { compareReleases, type Release } from '../../spec/releases.ts'
import { readTable } from './tsv.ts'

export const VARIANTS = ['V0', 'V1', 'V2', 'V3', 'V4', 'V5', 'V6', 'V7', 'V9'] as const
export type Variant = (typeof VARIANTS)[number]

interface Era {
  /** a release, or a patch */
  readonly since: string
  readonly variant: Variant
  /** hugetlb rows may follow an older variant */
  readonly hugetlb: Variant
}

const ERAS = readTable('mbind-variants.tsv', ['since', 'variant', 'hugetlb']) as unknown as readonly Era[]

/** The era of a kernel: a patch that leaves mbind alone belongs to that of its base. Null where nobody said. */
export function eraOf(kernelName: string): Era | null {
  const own = ERAS.find(({ since }) => since === kernelName)
  if (own !== undefined) return own
  const base = baseOf(kernelName)
  const touched = differences(kernel(base), kernel(kernelName)).some(({ name }) => name.startsWith('mbind-'))
  if (touched) return null
  const releases = ERAS.filter(({ since }) => !since.startsWith('patch:'))
  return releases.findLast(({ since }) => compareReleases(since as Release, base) <= 0) ?? null
}

const OUTCOMES = readTable('mbind-outcomes.tsv', ['variant', 'situation', ...FLAGS])

/** The text of the cell that is expected of a situation on a kernel; null where there cannot be one, or nobody said. */
export function expectedCell(kernelName: string, situation: string, flags: Flags): string | null {
  const era = eraOf(kernelName)
  if (era === null) return null
  const variant = situation.startsWith('htlb') ? era.hugetlb : era.variant
  const row = OUTCOMES.find((each) => each.variant === variant && each.situation === situation)
  const cell = row?.[flags]
  return cell === undefined || cell === 'n/a' ? null : cell
}

/** The four parts of a cell's text: what was queued, how far the walk went, whether the policy was applied, the result. */
export const PARTS = ['queued', 'walk', 'policy', 'return'] as const
export type Part = (typeof PARTS)[number]

/** One part of the text of a cell: `Q` of `Q c P 0` is what was queued. */
export const partOf = (cell: string, part: Part): string => cell.split(' ')[PARTS.indexOf(part)]
