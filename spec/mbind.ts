/**
 * mbind(2): check the arguments, drain the batches, take mmap_lock, walk and isolate (QUEUE), install the policy (APPLY),
 * migrate what was isolated, and say how it went. Which locks are held where, and what the result is made of, differs from
 * release to release: that is what the switches say. The parts are in spec/mbind/.
 */
import { choose, note, process, step, stepsIf, when } from '../checker/language/index.ts'
import { type AddressSpace, type As, allocateBy, newPolicy, putPolicy } from './address-space.ts'
import { flushBatch } from './lru.ts'
import { applySteps } from './mbind/apply.ts'
import { checkArguments, isError, policyOf } from './mbind/arguments.ts'
import { type Call, callName, isMove, isStrict, normalised, policyName } from './mbind/call.ts'
import { allowedOn } from './mbind/layout.ts'
import { type MbindLocals, type MbindOptions, mbindLocals, mbindStart } from './mbind/locals.ts'
import { queueSteps } from './mbind/queue.ts'
import { mapcount } from './memory.ts'
import { migratePages, nextFolio } from './migrate.ts'
import { drainNextCpu } from './other-work.ts'

/** A task on `cpu` that makes one call of mbind(2); the local `call` says which. It ends with the result in `ret`. */
export function mbind(space: AddressSpace, options: MbindOptions) {
  const { cpu, settings, calls, again, mayRunOut = false, title = `mbind (CPU ${cpu})` } = options
  const texts = new Map(calls.map((call) => [callName(call), normalised(call)]))
  const callOf = (me: { call: string }): Call => texts.get(me.call)!
  const { machine } = space.text
  const queue = queueSteps(space, options, callOf)
  const apply = applySteps(options, callOf)
  const locksFirst = settings['mbind-vma-lock'] === 'before-walk'
  const disables = settings['mbind-lru-batches'] === 'disabled'
  const unlockFirst = settings['mbind-migrates-under'] === 'no-lock'

  /** The destination of a folio: by the policy of this call, or of the VMA that maps the folio just then. */
  const allocate = (s: As, me: MbindLocals, src: number): number | null => {
    const page = s.pte.findIndex((pte, at) => at < space.length && 'folio' in pte && pte.folio === src)
    const v = s.vma.findIndex(({ start, end }) => start <= page && page < end)
    const p = unlockFirst ? me.new : v < 0 ? null : s.vma[v].vm_policy
    const policy = p === null ? null : space.values.get(s.policy[p].value)!
    const dst = allocateBy(s, space, policy, v < 0 ? 0 : page - s.vma[v].start)
    if (dst !== null) s.folioSize[dst] = s.folioSize[src]
    return dst
  }
  const walkOrLock = (s: As, me: MbindLocals) => (locksFirst ? ('vma_start_write (all)' as const) : queue.begin(s, me))
  /** From the end of APPLY, or of a walk that failed: migrate, put back, or neither. */
  const migrateOrNot = (me: MbindLocals) => {
    if (me.list.length === 0) return 'result' as const
    return isError(me.ret) ? ('putback' as const) : nextFolio(me, 'result')
  }
  const unlockOrMigrate = (me: MbindLocals) => (unlockFirst ? ('mmap_write_unlock' as const) : migrateOrNot(me))

  return process(
    space.state,
    { title, locals: mbindLocals(space, options), start: mbindStart(calls) },
    {
      arguments: step('mm/mempolicy.c: do_mbind', (s, me) => {
        const call = callOf(me)
        const verdict = checkArguments(call, settings)
        if (verdict !== null) {
          me.ret = verdict
          return 'return'
        }
        // mpol_new: the object is made before the locks, and its nodes are filled in below. MPOL_DEFAULT has none.
        const policy = policyOf(call, allowedOn(machine))
        if (mayRunOut && call.mode !== 'DEFAULT' && choose(s, [false, true])) {
          note(s, '-ENOMEM')
          me.ret = 'ENOMEM'
          return 'return'
        }
        if (policy) me.new = newPolicy(s, policyName(policy))
        return isMove(call.flags) ? (disables ? 'lru_cache_disable' : 'lru_add_drain_all') : 'mmap_write_lock'
      }),
      // One CPU after the other. Without lru_cache_disable anything may be batched again behind it.
      ...stepsIf(disables, {
        lru_cache_disable: step('mm/swap.c: lru_cache_disable', (s: As) => {
          s.lru_disable_count++
          return 'lru_add_drain_all' as const
        }),
      }),
      lru_add_drain_all: step('mm/swap.c: lru_add_drain_all', (s, me) => {
        return drainNextCpu(s, me, space, flushBatch) ? 'lru_add_drain_all' : 'mmap_write_lock'
      }),
      mmap_write_lock: step('mm/mempolicy.c: do_mbind', (s) => {
        when(!s.mmap_lock.writer && s.mmap_lock.readers === 0)
        s.mmap_lock.writer = true
        return 'mpol_set_nodemask'
      }),
      mpol_set_nodemask: step('mm/mempolicy.c: mpol_set_nodemask', (s, me) => {
        if (policyOf(callOf(me), allowedOn(machine)) !== undefined) return walkOrLock(s, me)
        me.ret = 'EINVAL'
        return unlockOrMigrate(me)
      }),
      ...stepsIf(locksFirst, {
        'vma_start_write (all)': step('mm/mempolicy.c: do_mbind', (s: As, me: MbindLocals) => {
          const { off, n } = callOf(me)
          const v = s.vma.findIndex((vma) => vma.start < off + n && vma.end > off && !vma.writeLocked)
          if (v < 0) return queue.begin(s, me)
          when(s.vma[v].readers === 0)
          s.vma[v].writeLocked = true
          return 'vma_start_write (all)' as const
        }),
      }),
      ...queue.steps,
      queue_pages_range: step('mm/mempolicy.c: queue_pages_range', (s, me) => {
        me.vma = null
        me.prevEnd = 0
        me.large = null
        const hides = settings['mbind-walk-error'] === 'hidden-by-note' && me.noted
        if (hides) {
          if (me.ret !== '0') note(s, `${me.ret} of the walk is lost`)
          me.ret = '0'
        }
        if (settings['mbind-hole-check'] === 'vma-before' && !me.first) me.ret = 'EFAULT'
        me.first = false
        if (!isError(me.ret)) {
          if (me.noted || me.nr_failed > 0) me.ret = 'a count'
          return apply.begin(s, me)
        }
        me.nr_failed = 0
        if (settings['mbind-walk-error'] === 'eio-and-leak') {
          me.ret = 'EIO'
          me.list = []
        }
        return unlockOrMigrate(me)
      }),
      ...apply.steps,
      applied: step('mm/mempolicy.c: do_mbind', (_s, me) => {
        me.addr = 0
        me.vma = null
        return unlockOrMigrate(me)
      }),
      ...migratePages<'result'>({
        mm: space,
        cpu,
        mode: 'sync',
        allocate: (s, src, me) => allocate(s as As, me as MbindLocals, src),
        settings,
        exit: 'result',
      }),
      result: step('mm/mempolicy.c: do_mbind', (_s, me) => {
        // A page is noted with STRICT only (v5.3 to v6.6), and counted whatever the flags are (since v6.7).
        const incomplete = me.noted || (isStrict(callOf(me).flags) && (me.nr_failed > 0 || me.failed))
        if (!isError(me.ret)) me.ret = incomplete ? 'EIO' : '0'
        else if (incomplete && settings['mbind-eio-covers-errors'] === 'yes') me.ret = 'EIO'
        me.addr = 0
        me.noted = false
        me.nr_failed = 0
        me.failed = false
        return unlockFirst
          ? isMove(callOf(me).flags) && disables
            ? 'lru_cache_enable'
            : 'mpol_put'
          : 'mmap_write_unlock'
      }),
      // The write locks of all VMAs go with it.
      mmap_write_unlock: step('mm/mempolicy.c: do_mbind', (s, me) => {
        s.mmap_lock.writer = false
        for (const vma of s.vma) vma.writeLocked = false
        if (unlockFirst) return migrateOrNot(me)
        return isMove(callOf(me).flags) && disables ? 'lru_cache_enable' : 'mpol_put'
      }),
      ...stepsIf(disables, {
        lru_cache_enable: step('mm/swap.c: lru_cache_enable', (s: As) => {
          s.lru_disable_count--
          return 'mpol_put' as const
        }),
      }),
      mpol_put: step('mm/mempolicy.c: do_mbind', (s, me) => {
        putPolicy(s, me.new)
        me.new = null
        return 'return'
      }),
      return: step('mm/mempolicy.c: sys_mbind', (s, me) => {
        if (space.text.readers) s.returned++
        if (again === undefined || me.round === 1) return 'done'
        me.round = 1
        me.retBefore = me.ret
        me.movedBefore = [...me.queued].filter((f) => mapcount(s, f) === 0)
        me.ret = '0'
        me.walk = 'nothing'
        me.tried = new Set()
        me.queued = new Set()
        again(s, me)
        return 'arguments'
      }),
    },
  )
}
