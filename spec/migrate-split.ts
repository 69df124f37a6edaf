/**
 * Splitting a large folio before it is migrated (try_split_folio, up to v6.2 try_split_thp): its lock, and, where a scenario
 * has a THP, the split itself, which may find references that nobody can account for and then is taken back.
 */
import { match } from 'ts-pattern'
import type { Steps } from '../checker/language/index.ts'
import { note, step, stepsIf, when } from '../checker/language/index.ts'
import { expectedReferences, folioUnlock, type Mm, mapcount, mappedBy } from './memory.ts'
import type { MigrateLabel, Migration } from './migrate.ts'
import type { Locals, SplitReason } from './migrate-locals.ts'
import { addRmap, removeRmap, visited, walkBegins, walkOn } from './rmap.ts'
import type { Settings } from './switches/index.ts'

export type SplitLabel = 'split_folio' | 'try_split_folio' | 'unmap_folio' | 'split' | 'remap_page'

/** The labelled steps. `split_folio` is all of it, for a folio of which only the lock matters. */
export function splitSteps<Exit extends string>(
  migration: Migration<Exit>,
): Steps<Mm, Locals, SplitLabel, MigrateLabel | Exit> {
  const { mm, settings, driver, by, go } = migration
  /** Asynchronous migration only tries to lock, since v6.11: it may hold other locks. */
  const mustNotWait = (me: Locals) => settings['split-lock'] === 'tries-in-async' && driver.mode(me) === 'async'
  const unlocked = (s: Mm, me: Locals, tail: number | null) => {
    folioUnlock(s, me.src!)
    return go(s, me, driver.split(me, tail))
  }
  return {
    ...stepsIf(mm.sizes.deferredSplit === true && mm.sizes.thp !== true, {
      split_folio: step('mm/migrate.c: try_split_folio', (s: Mm, me: Locals) => {
        const src = s.folio[me.src!]
        if (src.PG_locked && mustNotWait(me)) {
          note(s, 'is locked, -EAGAIN')
          return go(s, me, driver.attempted(me, '-EAGAIN'))
        }
        when(!src.PG_locked)
        src.deferredSplit = false
        return 'alloc destination'
      }),
    }),
    ...stepsIf(mm.sizes.thp === true, {
      // The references are looked at first, so that the mappings of a folio that cannot be split are left alone.
      try_split_folio: step('mm/huge_memory.c: can_split_huge_page / can_split_folio', (s: Mm, me: Locals) => {
        const f = me.src!
        const folio = s.folio[f]
        if (folio.PG_locked && mustNotWait(me)) {
          note(s, 'is locked, -EAGAIN')
          return go(s, me, driver.split(me, null))
        }
        when(!folio.PG_locked)
        folio.PG_locked = true
        if (folio.refs === expectedReferences(s, f) + mapcount(s, f)) return 'unmap_folio'
        note(s, 'unexpected references, -EAGAIN')
        return unlocked(s, me, null)
      }),
      // One entry at a time, under its page-table lock.
      unmap_folio: step('mm/huge_memory.c: unmap_page / unmap_folio', (s: Mm, me: Locals) => {
        const f = me.src!
        walkBegins(mm, s, me)
        const page = visited(mm, s, me, (pte) => mappedBy(pte) === f)
        if (page !== null) removeRmap(s, page, { kind: 'migration', folio: f }, by(me))
        return walkOn(mm, s, me) ? 'unmap_folio' : 'split'
      }),
      // From the freeze to the end of the lruvec lock. The tail goes to the list of the caller, with a reference for that.
      split: step('mm/huge_memory.c: __split_huge_page / __split_unmapped_folio', (s: Mm, me: Locals) => {
        const f = me.src!
        if (s.folio[f].refs !== expectedReferences(s, f)) {
          note(s, 'unexpected references, -EAGAIN')
          return 'remap_page'
        }
        const tail = f + 1
        Object.assign(s.folio[f], { compound: 'no', deferredSplit: false })
        Object.assign(s.folio[tail], { compound: 'no', frozen: false, refs: 1, isolated: true, PG_locked: true })
        for (const page of s.pte.keys()) {
          const pte = s.pte[page]
          if (pte.kind === 'migration' && pte.folio === f && inTail(page)) s.pte[page] = { ...pte, folio: tail }
        }
        return 'remap_page'
      }),
      remap_page: step('mm/huge_memory.c: remap_page', (s: Mm, me: Locals) => {
        const f = me.src!
        const whole = s.folio[f].compound === 'head'
        const tail = whole ? null : f + 1
        walkBegins(mm, s, me)
        const page = visited(mm, s, me, (pte) => pte.kind === 'migration' && (pte.folio === f || pte.folio === tail))
        if (page !== null) addRmap(s, page, inTail(page) && tail !== null ? tail : f, by(me))
        if (walkOn(mm, s, me)) return 'remap_page'
        if (tail !== null) folioUnlock(s, tail)
        return unlocked(s, me, tail)
      }),
    }),
  }
}

/** A THP is aligned: its head is behind an even page. */
const inTail = (page: number) => page % 2 === 1

/** Why a THP is split before anything else is done with it; null when it is to be migrated whole. */
export function mustSplitFirst(s: Mm, f: number, settings: Settings): SplitReason | null {
  if (s.folio[f].compound !== 'head') return null
  if (settings['deferred-split'] !== 'no' && s.folio[f].deferredSplit) return 'deferred'
  if (s.thpMigrationSupported) return null
  return match(settings['thp-unsupported'])
    .with('callers-split', '-ENOMEM', () => '-ENOMEM' as const)
    .with('-ENOSYS', 'asked-first', () => '-ENOSYS' as const)
    .exhaustive()
}
