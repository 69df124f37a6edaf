/** What the states of scenarios about mbind look like to claims: the address space, and the tasks by their names. */
import type { As } from '../address-space.ts'
import type { MbindLocals } from '../mbind/locals.ts'

/** A task in mbind, at its label `pc`. */
export type MbindTask = MbindLocals & { pc: string }
export type MbindScene = As & { mbind: MbindTask }

/** A task that touches a page. */
export interface FaultTask {
  pc: string
  page: number
  vm_policy: number | null
  folio: number | null
  after: number
}
export type FaultScene = MbindScene & { fault: FaultTask }
