/** How much the tables of one thread may learn. */
import { SpecError } from '../language/errors.ts'
import { abandon, LARGEST_TABLE } from './rules.ts'
import type { Table } from './table.ts'

/** Paths that one thread learns in all: each costs some hundred bytes. */
const LARGEST_LEARNING = 1_000_000
/** Leaves from which on a table must have answered something that it knew. */
const PROBATION = 20_000

export interface Learning {
  /** paths learned so far */
  learned: number
  /**
   * Whether a table shall learn one more path, of which `asked` were asked for so far. Gives the table up when nearly all
   * of them were new to it.
   */
  learns(table: Table<unknown>, asked: number): boolean
}

/** The books of one thread. */
export function newLearning(): Learning {
  return {
    learned: 0,
    learns(table, asked) {
      if (table.leaves >= LARGEST_TABLE || this.learned >= LARGEST_LEARNING) return false
      if (table.leaves >= PROBATION && table.leaves > 0.9 * asked) {
        abandon(table)
        return false
      }
      this.learned++
      return true
    },
  }
}

/** The error for tables that outgrow what the kernel can address, `bytes` of which they take already. */
export function tablesTooLarge(bytes: number): SpecError {
  return new SpecError(
    `what was learned about actions and claims does not fit into memory beside the ${Math.floor(bytes / 2 ** 20)} MB that it takes`,
    'they read so much of the state that nearly every state teaches them something; 2 GB is the most that there can be',
    "read single elements, split claims into one for each parameter, make bounds smaller, or see 'Tables that grow too large' in docs/limits.md",
  )
}
