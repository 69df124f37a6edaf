/** Where a folio is as long as somebody uses it, and that nobody has the source of a migration when it is freed. */
import { type Claim, type FixedArray, invariant, oneOf, type Sequence, stepClaim } from '../checker/language/index.ts'
import type { Memory, Mm } from '../spec/memory.ts'
import { pinReferences } from '../spec/pin.ts'

/** What a task that migrates, or that pins by gup-fast, has in its hands. */
interface Task {
  readonly pc: string
  readonly src?: number | null
  readonly seen?: number | null
}

const taskOf = (s: object, name: string): Task => (s as Record<string, Task>)[name]

/**
 * I6: what migration frees is free. References of a moment are allowed: an anonymous folio is compared and not frozen, so
 * that who looks it up by frame number, or by an entry that gup-fast read before, may still get one and has to drop it.
 */
export const sourceHasNoOwner = (
  migrating: readonly string[] = ['pinner'],
  pinning: readonly string[] = [],
): Claim<Mm> =>
  stepClaim('when migration lets go of the source, nobody holds on to it', {
    name: 'source-has-no-owner',
    source: 'mm/migrate.c, folio_migrate_mapping: the refcount is compared when nothing maps the folio any more',
    over: { task: oneOf(...migrating) },
    given: freesSource,
    holds: {
      'nothing maps it': (s: Mm, _after: Mm, { task }) => {
        const src = taskOf(s, task).src!
        return s.pte.every((pte) => !('folio' in pte && pte.folio === src)) && !s.cache.includes(src)
      },
      'its references are that of the isolation, and of a moment': (s: Mm, _after: Mm, { task }) => {
        const src = taskOf(s, task).src!
        const { refs, gets, pins } = s.folio[src]
        const undone = pinning.filter((name) => doubted(taskOf(s, name), src)).length
        return refs === 1 + gets + (pins > 0 ? (undone * pinReferences(s, src)) / pins : 0)
      },
    },
  })

/** gup-fast has its pin, and has not looked at the entry again, which has changed. */
const doubted = ({ pc, seen }: Task, f: number): boolean => pc === 'read pte again' && seen === f

/** I6, to the letter: the put of the migration is the last one. */
export const sourceFreedAtOnce = (migrating: readonly string[] = ['pinner']): Claim<Mm> =>
  stepClaim('migration frees the source, of which nobody has a reference, not even of a moment', {
    name: 'source-freed-at-once',
    source: 'mm/migrate.c, folio_migrate_mapping: the refcount was exactly the expected one',
    over: { task: oneOf(...migrating) },
    given: freesSource,
    holds: (s: Mm, _after: Mm, { task }) => s.folio[taskOf(s, task).src!].refs === 1,
  })

function freesSource(before: Mm, after: Mm, { task }: { task: string }): boolean {
  return taskOf(before, task).pc === 'free source' && taskOf(after, task).pc !== 'free source'
}

/**
 * I9: a folio in use is on the LRU list, which is what PG_lru says, or in one of the places where PG_lru is clear. Who
 * isolates what is isolated, or adds what is on the list, makes it two. For scenarios in which all folios belong on the LRU.
 */
export const inOnePlace = ({ folios }: Memory): Claim<Mm> =>
  invariant('a folio in use is on the LRU list, isolated, or in one batch that will add it, and only one of these', {
    name: 'in-one-place',
    source: 'mm/swap.c, lru_add: VM_BUG_ON_FOLIO(folio_test_lru); mm/vmscan.c, folio_isolate_lru',
    over: { f: folios },
    given: (s: Mm, { f }) => {
      // Beside those who look at it, and gup-fast, which may have to drop its pin again.
      const { frozen, refs, gets } = s.folio[f]
      return frozen || refs > gets + pinReferences(s, f)
    },
    holds: (s: Mm, { f }) => {
      const { PG_lru, isolated, fresh } = s.folio[f]
      const news = s.mlockBatch.reduce(
        (sum, batch) => sum + batch.filter((e) => e.kind === 'NEW' && e.folio === f).length,
        0,
      )
      // An activate batch keeps a folio off the list on some releases only.
      const activated = s.clearsLruFlag ? entries(s.activateBatch, f) : 0
      const places = (PG_lru ? 1 : 0) + (isolated ? 1 : 0) + entries(s.batch, f) + news + activated
      // The destination of a migration has its owners before it is added to the LRU.
      return fresh ? places <= 1 : places === 1
    },
  })

/** Entries of the batches that name a folio. */
const entries = (batches: FixedArray<Sequence<number>>, f: number): number =>
  batches.reduce((sum, batch) => sum + batch.filter((each) => each === f).length, 0)
