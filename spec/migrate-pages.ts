/**
 * migrate_pages(2) for one pair of nodes: check the arguments where a scenario has any, walk the whole address space,
 * isolate what lies on the old node, migrate it, and return how much could not be moved. The walk is that of mbind, without
 * a policy and without holes that matter.
 */
import { match } from 'ts-pattern'
import { note, process, range, step, stepsIf, when } from '../checker/language/index.ts'
import type { AddressSpace, As } from './address-space.ts'
import { flushBatch } from './lru.ts'
import { type Call, callName } from './mbind/call.ts'
import { type MbindLocals, mbindLocals, mbindStart } from './mbind/locals.ts'
import { queueSteps } from './mbind/queue.ts'
import { mapcount } from './memory.ts'
import { migratePages, nextFolio } from './migrate.ts'
import type { MigratePagesArguments } from './migrate-pages/arguments.ts'
import { type CheckLocals, checkLocals, checkSteps, checksStart, unchecked } from './migrate-pages/checks.ts'
import { targetState } from './migrate-pages/target.ts'
import { drainNextCpu } from './other-work.ts'
import type { Settings } from './switches/index.ts'

interface MigratePagesOptions {
  readonly cpu: number
  readonly settings: Settings
  readonly from: number
  readonly to: number
  /** with CAP_SYS_NICE pages that others map too are moved; without it when absent */
  readonly capSysNice?: boolean
  /** the arguments in a situation, which are checked first; a task's own memory and masks that are in order when absent */
  readonly argumentsOf?: (s: object) => MigratePagesArguments
}

/**
 * A task that calls migrate_pages once, and ends with a count or an errno. The address space is that of whoever the
 * arguments name, the task itself where there are none.
 */
export function migratePagesCall(space: AddressSpace, options: MigratePagesOptions) {
  const { cpu, settings, from, to, capSysNice = false, argumentsOf } = options
  const others = Array.from({ length: space.text.machine.nodes }, (_, node) => node).filter((node) => node !== from)
  const walkFor = (capable: boolean): Call => ({
    off: 0,
    n: space.length,
    mode: 'DEFAULT',
    nodes: others,
    flags: capable ? 'ALL' : 'MOVE',
  })
  const calls = argumentsOf === undefined ? [walkFor(capSysNice)] : [walkFor(false), walkFor(true)]
  const texts = new Map(calls.map((call) => [callName(call), call]))
  const walk = { cpu, settings, calls, readsOnly: true }
  const queue = queueSteps(space, walk, (me) => texts.get(me.call)!)
  const disables = settings['mbind-lru-batches'] === 'disabled'
  const unlockFirst = settings['mbind-migrates-under'] === 'no-lock'
  type Me = MbindLocals & CheckLocals & { count: number }
  const checked = argumentsOf !== undefined

  const allocate = (s: As, me: Me, src: number): number | null => {
    const dst = s.folio.findIndex(({ refs, node }) => refs === 0 && node === to)
    if (dst >= 0) {
      s.folioSize[dst] = s.folioSize[src]
      return dst
    }
    me.ret = 'ENOMEM'
    return null
  }
  const drain = disables ? ('lru_cache_disable' as const) : ('lru_add_drain_all' as const)
  const unlocked = disables ? ('lru_cache_enable' as const) : ('return' as const)

  return process(
    { ...space.state, ...targetState },
    {
      title: `migrate_pages (CPU ${cpu})`,
      locals: {
        ...mbindLocals(space, walk),
        ...(checked ? checkLocals(space.text.machine) : unchecked),
        count: range(0, 2 * space.length),
      },
      start: { ...mbindStart(calls), ...checksStart, moving: !checked, count: 0 },
    },
    {
      ...stepsIf(
        checked,
        checkSteps({
          settings,
          space,
          pair: [from, to],
          argumentsOf: argumentsOf!,
          go: (me, { caps = [] }) => {
            ;(me as Me).call = callName(walkFor(caps.includes('CAP_SYS_NICE')))
            return drain
          },
        }),
      ),
      ...stepsIf(disables, {
        lru_cache_disable: step('mm/swap.c: lru_cache_disable', (s: As) => {
          s.lru_disable_count++
          return 'lru_add_drain_all' as const
        }),
      }),
      lru_add_drain_all: step('mm/swap.c: lru_add_drain_all', (s, me) => {
        if (drainNextCpu(s, me, space, flushBatch)) return 'lru_add_drain_all'
        return me.moving || !unlockFirst ? 'mmap_read_lock' : unlocked
      }),
      mmap_read_lock: step('mm/mempolicy.c: do_migrate_pages', (s, me) => {
        when(!s.mmap_lock.writer)
        s.mmap_lock.readers++
        return me.moving ? queue.begin(s, me) : 'mmap_read_unlock'
      }),
      ...queue.steps,
      queue_pages_range: step('mm/mempolicy.c: migrate_to_node', (_s, me) => {
        if (me.ret !== '0') note(_s, `${me.ret} of the walk is ignored`)
        Object.assign(me, { vma: null, prevEnd: 0, large: null, first: false, noted: false, addr: 0, ret: '0' })
        return unlockFirst ? 'mmap_read_unlock' : nextFolio(me, 'count')
      }),
      ...migratePages<'count'>({
        mm: space,
        cpu,
        mode: 'sync',
        allocate: (s, src, me) => allocate(s as As, me as Me, src),
        settings,
        exit: 'count',
      }),
      // What is left is what is still mapped.
      count: step('mm/mempolicy.c: migrate_to_node', (s, me) => {
        const left = [...me.queued].filter((f) => s.folio[f].node === from && mapcount(s, f) > 0).length
        const failed = match(settings['migrate-pages-counts'])
          .with('left', () => 0)
          .with('left-and-failed', 'left-and-failed-entries', () => me.nr_failed)
          .exhaustive()
        me.nr_failed = 0
        me.failed = false
        if (me.ret === '0') {
          me.count = left + failed
          if (me.count > 0) me.ret = 'a count'
        }
        return unlockFirst ? unlocked : 'mmap_read_unlock'
      }),
      mmap_read_unlock: step('mm/mempolicy.c: do_migrate_pages', (s, me) => {
        s.mmap_lock.readers--
        return unlockFirst ? nextFolio(me, 'count') : unlocked
      }),
      ...stepsIf(disables, {
        lru_cache_enable: step('mm/swap.c: lru_cache_enable', (s: As) => {
          s.lru_disable_count--
          return 'return' as const
        }),
      }),
      return: step('mm/mempolicy.c: kernel_migrate_pages', () => 'done'),
    },
  )
}
