/**
 * A task that isolates one folio and migrates it, once: what move_pages, mbind, a long-term pin and compaction have in
 * common. Before it isolates it may drain batches, as a long-term pin decides or on every CPU.
 */
import { constant, note, process, type ScalarDomain, type Steps, step, stepsIf } from '../checker/language/index.ts'
import { drainBatches, folioIsolateLru } from './lru.ts'
import { isFree, type Memory, type Mm, mapcount, ownReferences } from './memory.ts'
import { migrateLocals, migratePages, migrateStart, nextFolio } from './migrate.ts'
import type { Locals as MigrateLocals, Mode } from './migrate-locals.ts'
import { drainNextCpu } from './other-work.ts'
import type { Settings } from './switches/index.ts'

export interface OneMigration {
  readonly title?: string
  /** the CPU at the start */
  readonly cpu: number
  /** whether the scenario has an action that moves the task to another CPU */
  readonly moves?: boolean
  readonly mode: Mode
  readonly settings: Settings
  readonly folio: number
  /** whether it drains the batches of its CPU once more when it is through, as somebody will sooner or later */
  readonly drainsAtEnd?: boolean
  /** whether it starts over for ever as long as it fails, as memory offlining and compaction do */
  readonly repeats?: boolean
  /** what it drains first: what a long-term pin of this kernel would, every CPU, or nothing */
  readonly drains: 'as a long-term pin' | 'every CPU' | 'nothing'
}

type Locals = MigrateLocals & { cpu: number; drainCpu: number }

/** The task. At its end `failed` tells whether the folio is where it was. */
export function oneMigration(mm: Memory, options: OneMigration) {
  const {
    cpu: firstCpu,
    title = `migration (CPU ${firstCpu})`,
    moves = false,
    mode,
    settings,
    folio: f,
    drains,
    drainsAtEnd = false,
    repeats = false,
  } = options
  const exit = drainsAtEnd || repeats ? 'lru_add_drain' : 'done'
  // A pin that looks at PG_lru finds it set here, and drains nothing; one that disables the batches drains in any case.
  const drainsAlways = drains === 'every CPU' || (drains !== 'nothing' && settings['drain-when'] === 'disabled')
  const drainsAll = drainsAlways || (drains !== 'nothing' && settings['drain-when'] !== 'lru-clear')
  return process(
    mm.state,
    {
      title,
      locals: {
        ...migrateLocals(mm, { longest: 1, mode, settings }),
        cpu: moves ? mm.cpus : (constant(firstCpu) as ScalarDomain<number>),
        drainCpu: drainsAll ? mm.cpus : (constant(0) as ScalarDomain<number>),
      },
      start: { ...migrateStart, cpu: firstCpu, drainCpu: 0 },
    },
    {
      ...stepsIf(drainsAll, {
        'drain?': step('mm/gup.c: collect_longterm_unpinnable_folios', (s: Mm) => {
          if (drainsAlways) return 'lru_add_drain_all'
          const expected = mapcount(s, f) + ownReferences(s, f)
          note(s, s.folio[f].refs === expected ? 'no: references as expected' : 'yes: unexpected references')
          return s.folio[f].refs === expected ? 'isolate' : 'lru_add_drain_all'
        }),
        // One CPU after the other: each works through its own batches, and the caller waits for all.
        lru_add_drain_all: step('mm/swap.c: lru_add_drain_all', (s: Mm, me: Locals) => {
          return drainNextCpu(s, me, mm) ? 'lru_add_drain_all' : 'isolate'
        }),
      }),
      isolate: step('mm/vmscan.c: isolate_lru_page / folio_isolate_lru', (s: Mm, me: Locals) => {
        if (!folioIsolateLru(s, f)) {
          note(s, 'fails, PG_lru is clear')
          return exit
        }
        me.list = [f]
        return nextFolio(me, exit)
      }),
      ...migratePages({
        mm,
        cpu: (me) => (me as Locals).cpu,
        mode,
        allocate: (s) => {
          const free = s.folio.findIndex((_, each) => isFree(s, each))
          return free < 0 ? null : free
        },
        settings,
        exit,
      }),
      ...stepsIf(drainsAtEnd || repeats, {
        lru_add_drain: step('mm/swap.c: lru_add_drain', (s: Mm, me: Locals) => {
          drainBatches(s, me.cpu)
          if (!repeats || !me.failed) return 'done'
          me.failed = false
          return drainsAll ? 'drain?' : 'isolate'
        }),
      }),
    } as Steps<Mm, Locals, string, 'done'>,
  )
}
