/**
 * Expectations as a table: a column for each kernel from which on something was different, a row for each claim, in a cell
 * `ok` (it holds), `X` (it is violated), `yes` (reached) or `-` (not claimed there). Releases between two columns are as
 * the older one; a patch that has no column is as the release that it is based on.
 */
import { baseOf } from '../../spec/kernels.ts'
import { compareReleases, type Release } from '../../spec/releases.ts'
import type { Expectation } from '../scenario.ts'
import { readTable } from './tsv.ts'

const MEANINGS: Readonly<Record<string, Expectation | null>> = { ok: 'holds', X: 'violated', yes: 'reached', '-': null }

/** The expectations of a table in this folder, by claim, on a kernel. */
export function truthTable(file: string): (kernelName: string) => Readonly<Record<string, Expectation>> {
  const rows: Readonly<Record<string, string>>[] = readTable(file, ['claim'])
  const columns = Object.keys(rows[0]).filter((column) => column !== 'claim')
  const releases = columns.filter((column) => !column.startsWith('patch:')) as Release[]
  const columnOf = (kernelName: string): string => {
    if (columns.includes(kernelName)) return kernelName
    const release = baseOf(kernelName)
    return releases.findLast((each) => compareReleases(each, release) <= 0) ?? releases[0]
  }
  return (kernelName) => {
    const column = columnOf(kernelName)
    const cells = rows.map((row): [string, Expectation | null] => [row.claim, meaning(file, row.claim, row[column])])
    return Object.fromEntries(cells.filter(([, cell]) => cell !== null)) as Record<string, Expectation>
  }
}

function meaning(file: string, claim: string, cell: string): Expectation | null {
  if (!(cell in MEANINGS))
    throw new Error(`${file}: '${cell}' of ${claim} is not one of ${Object.keys(MEANINGS).join(', ')}`)
  return MEANINGS[cell]
}
