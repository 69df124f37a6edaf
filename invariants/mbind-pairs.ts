/** What two calls of mbind(2) owe to each other: claims that compare them. */
import { type Claim, invariant } from '../checker/language/index.ts'
import type { AddressSpace } from '../spec/address-space.ts'
import { mapcount } from '../spec/memory.ts'
import type { CallScene } from '../spec/scenarios/mbind-calls.ts'
import type { Purpose } from '../spec/scenarios/mbind-twice.ts'

type Purposes = Readonly<Record<string, { readonly purpose: Purpose }>>

const second = (s: CallScene, pairs: Purposes, purpose: Purpose) =>
  s.mbind.pc === 'return' && s.mbind.round === 1 && pairs[s.situation].purpose === purpose

/** Whether a folio was moved by the call that returns now. */
const moved = (s: CallScene, f: number): boolean => s.mbind.queued.has(f) && mapcount(s, f) === 0

/** I20. */
export const callIsIdempotent = ({ sources }: AddressSpace, pairs: Purposes): Claim<CallScene> =>
  invariant('a call that has returned 0 returns 0 again, and moves nothing more', {
    name: 'call-is-idempotent',
    source: 'mbind(2): there is nothing left to do',
    over: { f: sources },
    given: (s: CallScene) => second(s, pairs, 'again') && s.mbind.retBefore === '0',
    holds: {
      'the result is 0': (s: CallScene) => s.mbind.ret === '0',
      'nothing is moved': (s: CallScene, { f }) => !moved(s, f),
    },
  })

/** I21, first half. */
export const moveBringsNoFault = (pairs: Purposes): Claim<CallScene> =>
  invariant('a call that returns 0 does not return EFAULT with MOVE', {
    name: 'move-brings-no-efault',
    source: 'mbind(2): EFAULT is about the range and not about the flags',
    given: (s: CallScene) => second(s, pairs, 'with MOVE') && s.mbind.retBefore === '0',
    holds: (s: CallScene) => s.mbind.ret !== 'EFAULT',
  })

/** I21, second half. */
export const strictMovesTheSame = ({ sources }: AddressSpace, pairs: Purposes): Claim<CallScene> =>
  invariant('STRICT makes no difference to which pages a call with MOVE moves', {
    name: 'strict-moves-the-same',
    source: 'Hugh Dickins, linux-mm, 18 Sep 2023: with MOVE, STRICT only says what the result is',
    over: { f: sources },
    given: (s: CallScene) => second(s, pairs, 'with STRICT'),
    holds: (s: CallScene, { f }) => moved(s, f) === s.mbind.movedBefore.includes(f),
  })
