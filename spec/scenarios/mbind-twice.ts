/**
 * Two calls of mbind, one after the other: the same call again, in what the first one has left behind; or a call that differs
 * in one flag, in the address space as it was. Claims compare what the two did.
 */
import type { Flags } from '../mbind/call.ts'
import type { Situation } from './mbind-calls.ts'
import { situations } from './mbind-one-call.ts'

/** What the second call is for. */
export type Purpose = 'again' | 'with MOVE' | 'with STRICT'

const PAIRS: readonly (readonly [Flags, Flags, Purpose])[] = [
  ['MOVE', 'MOVE', 'again'],
  ['MOVE|STRICT', 'MOVE|STRICT', 'again'],
  ['ALL|STRICT', 'ALL|STRICT', 'again'],
  ['0', 'MOVE', 'with MOVE'],
  ['STRICT', 'MOVE|STRICT', 'with MOVE'],
  ['MOVE', 'MOVE|STRICT', 'with STRICT'],
  ['ALL', 'ALL|STRICT', 'with STRICT'],
]

/** Every situation of mbind-one-call with BIND in which the first flags stand, and the second call. */
export function pairs(): Record<string, Situation & { readonly purpose: Purpose }> {
  const all = Object.entries(situations()).filter(([, { call }]) => call.mode === 'BIND' && call.raw === undefined)
  return Object.fromEntries(
    all.flatMap(([name, { layout, call }]) =>
      PAIRS.filter(([first]) => name.endsWith(`; ${first}`)).map(([first, second, purpose]) => [
        `${name.slice(0, -first.length)}${first}, then ${second}`,
        { layout, call, second: { call: { ...call, flags: second }, afresh: purpose !== 'again' }, purpose },
      ]),
    ),
  )
}
