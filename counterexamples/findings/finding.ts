/** What a finding is: which check shows it, and what it means. */
import type { Constant } from '../../checker/language/index.ts'

export interface Finding {
  /** the folder below counterexamples/, beginning with the area: `pinning/pin-leak` */
  readonly folder: string
  readonly scenario: string
  readonly kernel: string
  readonly claim: string
  /** constants of the scenario and switches that are set otherwise, so that it shows just this */
  readonly settings?: Readonly<Record<string, Constant>>
  readonly title: string
  /** releases that have it, and what began and ended it */
  readonly range: string
  /** a few sentences for somebody who knows the code but not the race */
  readonly explanation: string
}
