/**
 * Single calls of mbind(2) on small address spaces, nobody else about: every call in every layout that it is given. What a
 * call does then follows from the steps alone, and most claims about mbind can be judged here.
 */
import { type Claim, model, oneOf } from '../../checker/language/index.ts'
import { type AddressSpace, type As, addressSpace, bootAddressSpace } from '../address-space.ts'
import type { Kernel } from '../kernels.ts'
import { type Call, callName } from '../mbind/call.ts'
import type { Layout, Machine } from '../mbind/layout.ts'
import type { MbindLocals } from '../mbind/locals.ts'
import { mbind } from '../mbind.ts'

/** One situation: an address space, and a call made in it. */
export interface Situation {
  readonly layout: Layout
  readonly call: Call
  /** a second call behind it, in what it has left behind or, `afresh`, in the address space as it was */
  readonly second?: { readonly call: Call; readonly afresh: boolean }
}

export interface CallsText {
  /** of the model; mbind-calls when absent */
  readonly name?: string
  readonly machine: Machine
  readonly situations: Readonly<Record<string, Situation>>
  readonly mayRunOut?: boolean
  /** whether each folio has contents of its own, so that one shows in the place of another */
  readonly contents?: boolean
}

/** What claims may speak of: the memory, which situation it began with, and the task. */
export type CallScene = As & { situation: string; mbind: MbindLocals & { pc: string } }

/** The model of some calls, each on its own, on a kernel. `situation` in its states is the name of the one at hand. */
export function mbindCalls(
  kernel: Kernel,
  { name = 'mbind-calls', machine, situations, mayRunOut = false, contents = false }: CallsText,
  claimsOn: (space: AddressSpace) => readonly Claim<CallScene>[] = () => [],
  waive: Readonly<Record<string, string>> = {},
) {
  const all = Object.entries(situations)
  const callsOf = ({ call, second }: Situation) => (second === undefined ? [call] : [call, second.call])
  const calls = [...new Map(all.flatMap(([, each]) => callsOf(each)).map((call) => [callName(call), call])).values()]
  const cases = all.map(([, each]) => ({ layout: each.layout, calls: callsOf(each) }))
  const twice = all.some(([, { second }]) => second !== undefined)
  const space = addressSpace({ machine, cases, contents, twice }, kernel.settings)
  const again = (s: As, me: MbindLocals) => {
    const { layout, second } = situations[(s as CallScene).situation]
    if (second!.afresh) bootAddressSpace(s, space, layout)
    me.call = callName(second!.call)
  }
  const options = { cpu: 0, settings: kernel.settings, calls, mayRunOut, ...(twice && { again }) }
  return model(
    name,
    {
      state: { ...space.state, situation: oneOf<string[]>(...Object.keys(situations)) },
      processes: { mbind: mbind(space, options) },
    },
    {
      init: Object.fromEntries(
        all.map(([name, { layout, call }]) => [
          name,
          (s: CallScene) => {
            bootAddressSpace(s, space, layout)
            s.situation = name
            s.mbind.call = callName(call)
          },
        ]),
      ),
      claims: claimsOn(space) as readonly Claim<object>[],
      waive,
    },
  )
}
