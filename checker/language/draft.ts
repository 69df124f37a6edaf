/** Drafts: the state as a spec sees it, over any store; and the enumeration of the choices that a step makes. */
import type { Chooser } from './action.ts'
import { CHOOSER, DISABLED, NOTER } from './action.ts'
import { MEMO, type Memo } from './derived.ts'
import type { Domain, Store } from './domain.ts'
import { SpecError } from './errors.ts'

export interface Draft {
  readonly state: object
  /** what `choose` asks during a run; undefined where choosing is not allowed */
  chooser: Chooser | undefined
  /** hears what steps note; undefined where nobody reads along */
  noter: ((text: string) => void) | undefined
  /** answers for derived quantities; undefined where they are computed */
  memo: Memo | undefined
}

/** A live view of the state that `store` holds. It is made once and follows the store. */
export function openDraft(domain: Domain<object>, store: Store): Draft {
  const state = domain.bind(store, 0, '').get()
  const draft: Draft = { state, chooser: undefined, noter: undefined, memo: undefined }
  Object.defineProperty(state, CHOOSER, { get: () => draft.chooser })
  Object.defineProperty(state, NOTER, { get: () => draft.noter })
  Object.defineProperty(state, MEMO, { get: () => draft.memo })
  return draft
}

/**
 * Calls `run` once for each sequence of alternatives that it asks for, in lexicographic order, until it answers true. Throws
 * a SpecError when a repeated prefix of choices does not lead to the same next choice.
 */
export function forEachBranch(run: (chooser: Chooser) => unknown): void {
  const taken: number[] = []
  const counts: number[] = []
  do {
    let depth = 0
    const enough = run((count) => {
      if (depth === taken.length) {
        taken.push(0)
        counts.push(count)
      } else if (counts[depth] !== count) {
        throw unrepeatable()
      }
      return taken[depth++]
    })
    if (depth < taken.length) throw unrepeatable()
    if (enough === true) return
    while (taken.length > 0 && taken[taken.length - 1] + 1 === counts[counts.length - 1]) {
      taken.pop()
      counts.pop()
    }
    if (taken.length > 0) taken[taken.length - 1]++
  } while (taken.length > 0)
}

/** Runs a step on a draft; tells whether it was enabled. Exceptions other than a false `when` pass through. */
export function enabled(step: (state: object) => void, draft: Draft, chooser: Chooser): boolean {
  draft.chooser = chooser
  try {
    step(draft.state)
    return true
  } catch (thrown) {
    if (thrown === DISABLED) return false
    throw thrown
  } finally {
    draft.chooser = undefined
  }
}

/** The error for a step that does not do the same when it is run again on the same state. */
export function unrepeatable(): SpecError {
  return new SpecError(
    'it did something else when it was run again on the same state',
    'it keeps state outside the draft, or asks the clock or a random number',
    'move what it remembers into the declared state; use choose(s, ...) for what may go either way',
  )
}

/** What went wrong in a spec function, as a SpecError that names the place. */
export function asSpecError(thrown: unknown, where: string): SpecError {
  if (thrown instanceof SpecError) return thrown.within(where)
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  return new SpecError(
    `${where}: ${message}`,
    'the function of the spec threw this exception',
    'read the trace that leads to the state and correct the function',
  )
}
