/** What the balloon and the framework owe each other beside what every driver does. */
import { type Claim, invariant, reachable, stepClaim } from '../checker/language/index.ts'
import type { Balloon } from '../spec/drivers/balloon.ts'

/** P19, first half, where the core cannot see it: isolated implies owned, or the driver is called for nothing. */
export const callbackHasOwner = <S extends Balloon>(): Claim<S> =>
  invariant('a balloon is called back only for a page that it owns', {
    name: 'callback-has-owner',
    source: 'mm/balloon_compaction.c: balloon_page_putback warns about a page without a device (since v6.17)',
    holds: (s: S) => !s.warned,
  })

type Moving = Balloon & { compaction: { pc: string; dst: number | null } }

/** What a comment in the kernel says of the last thing that migration does with a destination. */
export const finalPutFreesNothing = <S extends Moving>(): Claim<S> =>
  stepClaim('the final put of a destination does not free it', {
    name: 'final-put-frees-nothing',
    source: 'a comment in mm/migrate.c: the new owner has a reference of its own, so that this put frees nothing',
    given: (before: S) => before.compaction.pc === 'put destination',
    holds: (before: S, after: S) => after.page[before.compaction.dst!].refs > 0,
  })

/** The claims about moving say something. */
export const balloonPageMoves = <S extends Balloon & { compaction: { pc: string } }>(): Claim<S> =>
  reachable('a page of the balloon is migrated', {
    name: 'balloon-page-moves',
    source: 'what balloon compaction is for',
    holds: (s: S) => s.compaction.pc === 'put destination' && s.page.some(({ owner }) => owner),
  })
