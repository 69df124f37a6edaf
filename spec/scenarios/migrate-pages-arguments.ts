/**
 * migrate_pages(2) and what it checks first: calls about one's own memory and that of others, with masks that are in order
 * and masks that are not, while the process that is meant may end or start another program.
 */
import { type Claim, type Constants, model, oneOf } from '../../checker/language/index.ts'
import { type AddressSpace, type As, addressSpace, bootAddressSpace } from '../address-space.ts'
import type { Kernel } from '../kernels.ts'
import type { Layout, Machine } from '../mbind/layout.ts'
import type { MigratePagesArguments, Pair } from '../migrate-pages/arguments.ts'
import type { CheckLocals } from '../migrate-pages/checks.ts'
import {
  type Meanwhile,
  targetAtStart,
  targetBegins,
  targetProcess,
  targetState,
  type WithTarget,
} from '../migrate-pages/target.ts'
import { migratePagesCall } from '../migrate-pages.ts'
import { chosen } from './chosen.ts'
import type { MbindTask } from './scenes.ts'

const MACHINE: Machine = { nodes: 2, cpus: 2, free: [1] }

/** One page on node 0, which nobody else maps. */
const LAYOUT: Layout = { vmas: [{ off: 0, n: 1 }], pages: [{ maps: 0 }], folios: [{ node: 0 }] }

/** A call, and what its target does meanwhile. */
export interface ArgumentsSituation extends MigratePagesArguments {
  readonly meanwhile?: Meanwhile
}

const another: ArgumentsSituation = { pid: 'another', old: [0], new: [1] }

/** The calls by name. Nodes 0 and 1 have memory, node 2 has none. */
const SITUATIONS: Readonly<Record<string, ArgumentsSituation>> = {
  'own memory': { ...another, pid: 'own' },
  'from a node to itself': { ...another, pid: 'own', old: [1] },
  'another process': another,
  'an unused ID': { ...another, pid: 'unused' },
  'a kernel thread': { ...another, pid: 'without memory' },
  'maxnode is too large': { ...another, maxnode: 'beyond a page' },
  'an unreadable mask': { ...another, old: 'unreadable' },
  'a process of somebody else': { ...another, ids: 'different' },
  'a process of somebody else, with CAP_SYS_NICE': { ...another, ids: 'different', caps: ['CAP_SYS_NICE'] },
  'a process of somebody else, with CAP_SYS_PTRACE': { ...another, ids: 'different', caps: ['CAP_SYS_PTRACE'] },
  'a process with one ID in common': { ...another, ids: 'in part' },
  'a process that may not be dumped': { ...another, dumpable: false },
  'a node outside the cpuset of the target': { ...another, target: [0] },
  'a node outside the cpuset of the target, with CAP_SYS_NICE': { ...another, target: [0], caps: ['CAP_SYS_NICE'] },
  'a node outside the own cpuset': { ...another, own: [0] },
  'a node without memory': { ...another, new: [2], caps: ['CAP_SYS_NICE'] },
  'two nodes, one without memory': { ...another, new: [1, 2], caps: ['CAP_SYS_NICE'] },
  'no target node': { ...another, new: [] },
  'a security module denies': { ...another, security: 'denies' },
  'another process starts a set-user-ID program': { ...another, meanwhile: 'starts a set-user-ID program' },
  'another process ends': { ...another, meanwhile: 'ends' },
}

/** `situation`: one of the calls by its name, or all of them. */
export const constants = { situation: 'all' } satisfies Constants

/** The calls that the constants ask for. */
export const situationsFor = ({ situation }: typeof constants): Record<string, ArgumentsSituation> =>
  Object.fromEntries(chosen(SITUATIONS, situation))

/** The bounds in words. */
export const boundsFor = (values: typeof constants): string =>
  `${Object.keys(situationsFor(values)).length} calls about an address space of 1 page, 2 nodes with memory, 2 CPUs`

/** What claims may speak of. */
export type ArgumentsScene = As &
  WithTarget & { situation: string; call: Omit<MbindTask, 'ret'> & CheckLocals; target_task: { pc: string } }

interface Text {
  /** the memory of whoever the calls are about */
  readonly layout?: Layout
  readonly machine?: Machine
  /** the nodes between which pages move, if any do */
  readonly pair?: Pair
  readonly waive?: Readonly<Record<string, string>>
}

/** The model of some calls on a kernel. */
export function migratePagesArguments(
  { settings }: Kernel,
  situations: Readonly<Record<string, ArgumentsSituation>>,
  claimsOn: (space: AddressSpace) => readonly Claim<object>[] = () => [],
  { layout = LAYOUT, machine = MACHINE, pair: [from, to] = [0, 1], waive = {} }: Text = {},
) {
  const all = Object.entries(situations)
  const space = addressSpace({ machine, cases: [{ layout, calls: [] }], readers: 1 }, settings)
  const argumentsOf = (s: object) => situations[(s as { situation: string }).situation]
  return model(
    'migrate-pages-arguments',
    {
      state: { ...space.state, ...targetState, situation: oneOf<string[]>(...all.map(([name]) => name)) },
      processes: {
        call: migratePagesCall(space, { cpu: 0, settings, from, to, argumentsOf }),
        target_task: targetProcess(1),
      },
    },
    {
      init: Object.fromEntries(
        all.map(([name, situation]) => [
          name,
          (s: ArgumentsScene) => {
            bootAddressSpace(s, space, layout)
            s.situation = name
            s.target = targetAtStart(situation)
            s.target_task.pc = targetBegins(situation.meanwhile)
          },
        ]),
      ),
      claims: claimsOn(space),
      waive,
    },
  )
}
