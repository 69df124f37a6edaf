/** What the balloon and the framework owe each other beside what every driver does. */
import { type Claim, invariant, reachable } from '../checker/language/index.ts'
import type { Balloon } from '../spec/drivers/balloon.ts'

/** P19, first half, where the core cannot see it: isolated implies owned, or the driver is called for nothing. */
export const callbackHasOwner = <S extends Balloon>(): Claim<S> =>
  invariant('a balloon is called back only for a page that it owns', {
    name: 'callback-has-owner',
    source: 'mm/balloon_compaction.c: balloon_page_putback warns about a page without a device (since v6.17)',
    holds: (s: S) => !s.warned,
  })

/** The claims about moving say something. */
export const balloonPageMoves = <S extends Balloon & { compaction: { pc: string } }>(): Claim<S> =>
  reachable('a page of the balloon is migrated', {
    name: 'balloon-page-moves',
    source: 'what balloon compaction is for',
    holds: (s: S) => s.compaction.pc === 'put destination' && s.page.some(({ owner }) => owner),
  })
