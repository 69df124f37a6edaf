/** What a task that is in mbind(2) keeps to itself, and how it finds the next VMA and ends its walk. */
import type { StateOf } from '../../checker/language/index.ts'
import { bool, constant, oneOf, optional, range, sequence, setOf } from '../../checker/language/index.ts'
import type { AddressSpace, As } from '../address-space.ts'
import { migrateLocals, migrateStart } from '../migrate.ts'
import type { Settings } from '../switches/index.ts'
import type { Ret } from './arguments.ts'
import { type Call, callName } from './call.ts'

/** How much of the range the walk has looked at: what is behind the place where it stopped was never seen. */
export const WALKS = ['nothing', 'everything', 'up to the end of a page table', 'up to a page'] as const

const RETS: readonly Ret[] = ['0', 'EINVAL', 'EPERM', 'EFAULT', 'EIO', 'ENOMEM', 'EINTR', 'a count']

export interface MbindOptions {
  readonly cpu: number
  readonly settings: Settings
  /** the calls that this task may make; the initial state says which, in the local `call` */
  readonly calls: readonly Call[]
  /** whether splitting a VMA and copying a policy may fail for want of memory */
  readonly mayRunOut?: boolean
  /** the task calls twice: prepares the second call */
  readonly again?: (s: As, me: MbindLocals) => void
  /** the walk is under mmap_lock for reading, and locks no VMA, as that of migrate_pages(2) */
  readonly readsOnly?: boolean
  /** how reports head its column */
  readonly title?: string
}

/** The locals of a task in mbind, as far as a kernel and its calls need them. */
export function mbindLocals(space: AddressSpace, { settings, calls, again }: MbindOptions) {
  const { folios, sources, vmas, policies, length } = space
  const longest = sources.size
  const twice = again !== undefined
  // The settings of a release go together; somebody who asks "what if" may mix them.
  const notes =
    ['stops-walk', 'noted'].includes(settings['mbind-isolation-failure']) ||
    ['stops-walk', 'noted-and-isolated'].includes(settings['mbind-unmigratable-vma'])
  const counts = (['mbind-isolation-failure', 'mbind-unmigratable-vma', 'mbind-migration-entry'] as const).some(
    (name) => settings[name] === 'counted',
  )
  const looksBack = counts || settings['mbind-isolation-failure'] === 'stops-walk'
  const walks = WALKS.filter((walk) => looksBack || walk !== 'up to the end of a page table')
  return {
    ...migrateLocals(space, { longest, mode: 'sync', settings, mayRunOut: space.text.machine.free.length < longest }),
    call: oneOf<string[]>(...calls.map(callName)),
    drainCpu: space.cpus,
    /** the policy object that the call installs copies of; none for MPOL_DEFAULT */
    new: optional(policies),
    /** where the walk stands, then where APPLY stands */
    addr: range(0, length),
    /** the VMA in hand */
    vma: optional(vmas),
    /** struct queue_pages: the end of the last VMA whose holes were looked at (up to v5.4), whether any VMA was met */
    prevEnd: settings['mbind-hole-check'] === 'vma-before' ? constant<number>(0) : range(0, length),
    first: bool,
    /** a page was unmovable: known at the end of the page table (v5.3 to v6.5), or of the walk (v6.6) */
    noted: notes ? bool : constant<boolean>(false),
    nr_failed: range(0, counts ? length : 0),
    /** the last large folio that was isolated (v6.7 on) */
    large: settings['mbind-large-folio'] === 'once' ? optional(folios) : constant<number | null>(null),
    walk: oneOf<(typeof WALKS)[number][]>(...walks),
    /** what the call returns, as far as it is known */
    ret: oneOf<Ret[]>(...RETS),
    /** for claims: the folios that this call tried to isolate, and those that it did */
    tried: setOf(sources),
    queued: setOf(sources),
    /** where the task calls twice: which call this is, what the first one returned, and what it moved */
    round: range(0, twice ? 1 : 0),
    retBefore: twice ? oneOf<Ret[]>(...RETS) : constant<Ret>('0'),
    movedBefore: sequence(folios, twice ? folios.size : 0),
  }
}

export type MbindLocals = StateOf<ReturnType<typeof mbindLocals>>

/** Their values before the first call. */
export const mbindStart = (calls: readonly Call[]) => ({
  ...migrateStart,
  call: callName(calls[0]),
  drainCpu: 0,
  new: null,
  addr: 0,
  vma: null,
  prevEnd: 0,
  first: false,
  noted: false,
  nr_failed: 0,
  large: null,
  walk: 'nothing' as const,
  ret: '0' as const,
  tried: new Set<number>(),
  queued: new Set<number>(),
  round: 0,
  retBefore: '0' as const,
  movedBefore: [] as number[],
})
