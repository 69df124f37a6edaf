/**
 * Buffer heads of a folio of a block device: how migration makes sure that nobody uses them (`buffer_migrate_folio_norefs`
 * and what came before it). There is one folio with one buffer.
 */
import { match } from 'ts-pattern'
import { when } from '../checker/language/index.ts'
import { folioPut, type Mm } from './memory.ts'
import type { Mode } from './migrate-locals.ts'
import type { Settings } from './switches/index.ts'

/** The buffers of a folio before it is moved, under private_lock; false when somebody uses them. */
export function checkBuffers(s: Mm, f: number, settings: Settings): boolean {
  when(!s.buffer.private_lock)
  if (s.buffer.b_count > 0) return false
  match(settings['buffer-check'])
    // fs/buffer.c: try_to_free_buffers
    .with('release', () => {
      s.buffer.folio = null
      folioPut(s, f)
    })
    .with('check', () => {})
    .with('check-held', () => {
      s.buffer.private_lock = true
    })
    .with('check-marked', () => {
      s.buffer.BH_Migrate = true
    })
    .exhaustive()
  return true
}

/**
 * The lock of the buffer, since v5.0: a kernel that releases buffers leaves a locked one alone, for it is in use. False
 * when it is not waited for, which MIGRATE_SYNC always does, and MIGRATE_ASYNC never.
 */
export function lockBuffers(s: Mm, mode: Mode, settings: Settings): boolean {
  const light = settings['sync-light-lock'] === 'waits' || s.buffer.BH_Uptodate
  if (s.buffer.BH_Lock && (mode === 'async' || (mode === 'sync_light' && !light))) return false
  when(!s.buffer.BH_Lock)
  s.buffer.BH_Lock = true
  return true
}

/** What was done to keep users away is undone, after the move or after its failure. */
export function letUsersBack(s: Mm): void {
  s.buffer.BH_Lock = false
  s.buffer.private_lock = false
  s.buffer.BH_Migrate = false
}

/** The buffers go along: PG_private and its reference, and the memory that b_data points to. */
export function moveBuffers(s: Mm, src: number, dst: number): void {
  s.buffer.folio = dst
  s.folio[dst].refs++
  folioPut(s, src)
}
