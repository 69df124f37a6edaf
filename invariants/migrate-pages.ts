/** What migrate_pages(2) owes to whoever calls it. */
import { type Claim, invariant } from '../checker/language/index.ts'
import { mapcount } from '../spec/memory.ts'
import { LAYOUTS, type MigratePagesScene } from '../spec/scenarios/migrate-pages.ts'

const MAN = 'migrate_pages(2): on success it returns the number of pages that could not be moved'
const returns = (s: MigratePagesScene) => s.call.pc === 'return'

/** The folios of an address space that nobody else maps and that lay on node 0. */
const toBeMoved = (s: MigratePagesScene): number[] =>
  [...LAYOUTS[s.situation].folios.entries()]
    .filter(([, { node, elsewhere = 0 }]) => node === 0 && elsewhere === 0)
    .map(([f]) => f)

/** Whether a folio of the address space is still what some of its entries name. */
const stayed = (s: MigratePagesScene, f: number): boolean =>
  mapcount(s, f) > 0 || s.pte.some((pte) => pte.kind === 'migration' && pte.folio === f)

/** I23. */
export const zeroMeansAllMoved = (): Claim<MigratePagesScene> =>
  invariant('migrate_pages that returns 0 has moved every page that nobody else maps', {
    name: 'zero-means-all-moved',
    source: MAN,
    given: (s: MigratePagesScene) => returns(s) && s.call.ret === '0',
    holds: (s: MigratePagesScene) => !toBeMoved(s).some((f) => stayed(s, f)),
  })

/** The same as a number. Large folios count once. */
export const countsWhatStayed = (): Claim<MigratePagesScene> =>
  invariant('migrate_pages returns the number of folios that could not be moved', {
    name: 'counts-what-stayed',
    source: `${MAN}; 1cb5d11a370f counts folios`,
    given: (s: MigratePagesScene) => returns(s) && (s.call.ret === '0' || s.call.ret === 'a count'),
    holds: (s: MigratePagesScene) => s.call.count === toBeMoved(s).filter((f) => stayed(s, f)).length,
  })

/** The list is put back, the batches are on, mmap_lock is free. */
export const nothingIsLeftBehind = (): Claim<MigratePagesScene> =>
  invariant('when migrate_pages returns, nothing that it took is still taken', {
    name: 'nothing-is-left-behind',
    source: 'mm/mempolicy.c, do_migrate_pages',
    given: returns,
    holds: {
      'no folio is isolated': (s: MigratePagesScene) => [...s.call.queued].every((f) => !s.folio[f].isolated),
      'the batches are on': (s: MigratePagesScene) => s.lru_disable_count === 0,
      'mmap_lock is free': (s: MigratePagesScene) => s.mmap_lock.readers === 0 && !s.mmap_lock.writer,
    },
  })
