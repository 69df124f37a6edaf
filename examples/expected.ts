/** What other tools published about an example: the tests require exactly this of both engines. */
import type { Constants } from '../checker/index.ts'

export interface Expected {
  /** where they differ from the defaults */
  readonly constants?: Constants
  readonly distinct?: number
  readonly generated?: number
  /** levels, the initial states being level 1 */
  readonly depth?: number
  /** which export of the file; `spec` when absent */
  readonly export?: string
  /**
   * by name: 'holds', 'reached' or 'unreached', or for a violated claim the number of states in its shortest trace; in that
   * of a temporal claim the state in which the loop begins and ends is counted twice, unless it is the last
   */
  readonly claims: Readonly<Record<string, 'holds' | 'reached' | 'unreached' | number>>
  /** number of states in the shortest trace to a deadlock, where there is one */
  readonly deadlock?: number
  /** too large for the reference engine in a test run */
  readonly large?: boolean
}
