/**
 * One call of mbind with MOVE, or with MOVE and STRICT, while direct I/O pins the page and lets go of it, again and again.
 * Is a pinned page left where it is, and is the caller told?
 */
import { type Claim, type Constants, model } from '../../checker/language/index.ts'
import { type AddressSpace, type As, addressSpace, bootAddressSpace } from '../address-space.ts'
import type { Kernel } from '../kernels.ts'
import { type Call, callName } from '../mbind/call.ts'
import { mbind } from '../mbind.ts'
import { shortPinner } from '../short-pin.ts'
import { chosen } from './chosen.ts'
import { freeOn, oneVma, pagesFor } from './mbind-race.ts'
import type { MbindScene } from './scenes.ts'

/** `flags`: those of the call, or all of them; `deep`: one page more. */
export const constants = { flags: 'all', deep: false } satisfies Constants

const callWith = (flags: Call['flags'], n: number): Call => ({ off: 0, n, mode: 'BIND', nodes: [1], flags })

/** The calls that may be made, by their flags. */
export const callsFor = (values: typeof constants): Readonly<Record<string, Call>> => {
  const n = pagesFor(values)
  const all = { MOVE: callWith('MOVE', n), 'MOVE|STRICT': callWith('MOVE|STRICT', n) }
  return Object.fromEntries(chosen<Call>(all, values.flags))
}

/** The bounds in words. */
export const boundsFor = (values: typeof constants): string =>
  `${pagesFor(values)} page${values.deep ? 's' : ''} on node 0, one call of mbind to node 1, one task that pins page 0 for short, 2 CPUs`

/** The model of the scenario on a kernel. */
export function mbindVsPin(
  { settings }: Kernel,
  values: typeof constants,
  claimsOn: (space: AddressSpace) => readonly Claim<object>[],
  waive: Readonly<Record<string, string>>,
) {
  const n = pagesFor(values)
  const layout = oneVma(n)
  const byFlags = Object.entries(callsFor(values))
  const calls = byFlags.map(([, call]) => call)
  const machine = { nodes: 2, cpus: 2, free: freeOn([1], n) }
  const space = addressSpace({ machine, cases: [{ layout, calls }], memory: { pinner: true } }, settings)
  return model(
    'mbind-vs-pin',
    {
      state: space.state,
      processes: {
        mbind: mbind(space, { cpu: 0, settings, calls }),
        pinner: shortPinner(space, { cpu: 1, settings }),
      },
    },
    {
      init: Object.fromEntries(
        byFlags.map(([flags, call]) => [
          flags,
          (s: object) => {
            bootAddressSpace(s as As, space, layout)
            ;(s as MbindScene).mbind.call = callName(call)
          },
        ]),
      ),
      claims: claimsOn(space),
      waive,
    },
  )
}
