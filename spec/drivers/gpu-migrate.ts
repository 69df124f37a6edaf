/**
 * Moving the page of a driver that user space has mapped: what the core does about the mapping (nothing, unless a patch says
 * otherwise), and the migrate callback of the driver with the things that it may do, forget, or do too late.
 */
import { match } from 'ts-pattern'
import { note, optional, process, type Steps, step, stepsIf, when } from '../../checker/language/index.ts'
import {
  type DriverOps,
  type Isolator,
  isolateMovable,
  type Mover,
  moveMovable,
  moverLocals,
  moverStart,
} from '../movable-ops.ts'
import { adoptPage, disownPage, dropDriverRef, dropIsolation } from '../movable-pages.ts'
import type { Settings } from '../switches/index.ts'
import { clearPte, type Gpu, type GpuMemory, maps } from './gpu.ts'

/** The buffer cannot be isolated once it is elsewhere; the driver keeps no list. */
const gpuOps: DriverOps<Gpu> = {
  isolate: (s, p) => s.buffer === p,
  putback: () => {},
}

type CallbackLabel =
  | 'try_to_unmap'
  | 'migrate_page: lock'
  | 'zap'
  | 'unexpected references?'
  | 'copy'
  | 'flush TLB'
  | 'publish'

/** migrate_page of the driver, and before it the unmapping of a kernel that unmaps movable pages. */
function gpuCallback(settings: Settings): Steps<Gpu, Mover, CallbackLabel, 'move_to_new_page' | 'moved' | 'not moved'> {
  const zaps = settings['driver-zaps']
  const flushLate = zaps !== 'no' && settings['driver-flushes-tlb'] === 'after-copy'
  /** Before the zap: the driver's reference, that of the isolation, and that of the page-table entry. */
  const asExpected = (s: Gpu, p: number) => s.page[p].refs === 2 + (maps(s, p) ? 1 : 0)
  return {
    ...stepsIf(settings['unmap-movable'] === 'done', {
      // The reverse map walk goes by page->mapping. It clears, flushes, and leaves a migration entry.
      try_to_unmap: step('mm/rmap.c: try_to_unmap_one / try_to_migrate_one', (s: Gpu, me: Mover) => {
        const src = me.src!
        if (maps(s, src)) {
          if (settings['movable-mapping'] === 'replaced') {
            note(s, 'finds no mapping')
            return 'not moved'
          }
          clearPte(s, settings)
          s.tlb = null
          s.pte = { kind: 'migration', page: src }
        }
        return 'move_to_new_page'
      }),
    }),
    'migrate_page: lock': step('driver: migrate_page', (s, me) => {
      when(s.driverLock === 'free')
      if (settings['driver-checks-refs'] === 'before-zap' && !asExpected(s, me.src!)) return 'not moved'
      s.driverLock = 'migrate_page'
      return match(zaps)
        .with('no', () => 'unexpected references?' as const)
        .with('before-copy', () => 'zap' as const)
        .with('after-copy', () => 'copy' as const)
        .exhaustive()
    }),
    ...stepsIf(zaps !== 'no', {
      zap: step('mm/memory.c: unmap_mapping_range', (s: Gpu, me: Mover) => {
        if (maps(s, me.src!)) clearPte(s, settings)
        if (!flushLate) s.tlb = null
        return 'unexpected references?'
      }),
    }),
    'unexpected references?': step('driver: migrate_page', (s, me) => {
      const { refs } = s.page[me.src!]
      const looks = s.checksRefs && settings['driver-checks-refs'] !== 'before-zap'
      if (looks && refs !== 2) {
        note(s, `yes, ${refs} instead of 2: -EAGAIN`)
        s.driverLock = 'free'
        return 'not moved'
      }
      if (!looks) note(s, 'nobody looks')
      return zaps === 'after-copy' ? 'publish' : 'copy'
    }),
    copy: step('driver: migrate_page', (s, me) => {
      s.page[me.dst!].newest = s.page[me.src!].newest
      return zaps === 'after-copy' ? 'zap' : flushLate ? 'flush TLB' : 'publish'
    }),
    ...stepsIf(flushLate, {
      'flush TLB': step('mm/memory.c: unmap_mapping_range', (s: Gpu) => {
        s.tlb = null
        return 'publish'
      }),
    }),
    publish: step('driver: migrate_page', (s, me) => {
      const [src, dst] = [me.src!, me.dst!]
      s.buffer = dst
      adoptPage(s, dst)
      disownPage(s, src, settings)
      dropDriverRef(s, src)
      s.driverLock = 'free'
      return 'moved'
    }),
  }
}

/** Migration entries become mappings again, of the page that the migration ended with. */
function remapPage(s: Gpu, from: number, to: number): void {
  if (s.pte.kind !== 'migration' || s.pte.page !== from) return
  s.pte = { kind: 'present', page: to, dirty: false }
  s.page[to].refs++
}

/** Compaction, or any caller that tries again: it isolates the page, moves it or puts it back, for ever. */
export function gpuCompaction(mm: GpuMemory, settings: Settings, title = 'compaction') {
  const unmaps = settings['unmap-movable'] === 'done'
  return process(
    mm.state,
    { title, locals: moverLocals(mm), start: moverStart },
    {
      ...isolateMovable<Gpu, 'unmap_and_move'>({ ops: gpuOps, settings, exit: 'unmap_and_move' }),
      ...moveMovable<Gpu, CallbackLabel, 'get_page_unless_zero'>({
        ops: gpuOps,
        settings,
        callback: 'migrate_page: lock',
        ...(unmaps && { unmap: 'try_to_unmap' as const, remap: remapPage }),
        exit: 'get_page_unless_zero',
      }),
      ...gpuCallback(settings),
    },
  )
}

/** Another task that isolates pages: it looks, isolates and puts back. */
export function otherIsolator(mm: GpuMemory, settings: Settings) {
  return process(
    mm.state,
    { title: 'other isolator', locals: { src: optional(mm.pages) }, start: { src: null } },
    {
      ...isolateMovable<Gpu, 'putback'>({ ops: gpuOps, settings, exit: 'putback' }),
      putback: step('mm/migrate.c: putback_movable_page / putback_movable_ops_page', (s: Gpu, me: Isolator) => {
        const p = me.src!
        when(!s.page[p].PG_locked)
        s.page[p].isolated = false
        dropIsolation(s, p)
        me.src = null
        return 'get_page_unless_zero'
      }),
    },
  )
}
