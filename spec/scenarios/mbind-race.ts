/** The frame of scenarios in which one call of mbind meets somebody else: an address space, the call, and the others. */
import { type Claim, type Constants, model, type Process } from '../../checker/language/index.ts'
import { type AddressSpace, type As, addressSpace, bootAddressSpace, type SpaceText } from '../address-space.ts'
import type { Kernel } from '../kernels.ts'
import type { Call } from '../mbind/call.ts'
import type { Layout, Machine } from '../mbind/layout.ts'
import { mbind } from '../mbind.ts'
import type { Settings } from '../switches/index.ts'

/** Whether there is one page more. */
export const constants = { deep: false } satisfies Constants

/** Pages of the address space: 1, or 2 where more is asked for. */
export const pagesFor = ({ deep }: typeof constants): number => (deep ? 2 : 1)

/** One VMA of so many pages, each with a folio of its own on node 0. */
export const oneVma = (n: number): Layout => ({
  vmas: [{ off: 0, n }],
  pages: Array.from({ length: n }, (_, f) => ({ maps: f })),
  folios: Array.from({ length: n }, () => ({ node: 0 })),
})

/** `n` free folios on each of some nodes. */
export const freeOn = (nodes: readonly number[], n: number): number[] =>
  nodes.flatMap((node) => Array.from({ length: n }, () => node))

export interface RaceText {
  readonly name: string
  readonly machine: Machine
  readonly layout: Layout
  /** the tasks in mbind, and what each one calls */
  readonly calls: Readonly<Record<string, Call>>
  /** who else is there */
  readonly others?: (space: AddressSpace, settings: Settings) => Readonly<Record<string, unknown>>
  /** more about the address space */
  readonly space?: Partial<SpaceText>
}

/** The model of a race on a kernel. Each task in mbind runs on a CPU of its own, in order; it makes one call. */
export function mbindRace(
  { settings }: Kernel,
  { name, machine, layout, calls, others = () => ({}), space: more = {} }: RaceText,
  claimsOn: (space: AddressSpace) => readonly Claim<object>[],
  waive: Readonly<Record<string, string>>,
) {
  const tasks = Object.entries(calls)
  const cases = [{ layout, calls: Object.values(calls) }]
  const space = addressSpace({ machine, cases, callers: tasks.length, ...more }, settings)
  const callers = tasks.map(([task, call], cpu): [string, Process] => [
    task,
    mbind(space, { cpu, settings, calls: [call], title: `${task} (CPU ${cpu})` }) as unknown as Process,
  ])
  return model(
    name,
    {
      state: space.state,
      processes: { ...Object.fromEntries(callers), ...(others(space, settings) as Record<string, Process>) },
    },
    {
      init: (s: object) => bootAddressSpace(s as As, space, layout),
      claims: claimsOn(space),
      waive,
    },
  )
}
