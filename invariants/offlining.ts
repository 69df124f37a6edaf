/** What long-term pins and memory offlining owe each other. Both are claims about fair behaviours that never end. */
import { type Claim, eventually, leadsTo } from '../checker/language/index.ts'
import { pageKinds, type Scene } from '../spec/scenarios/pin-vs-offline.ts'

/** L1: a granted pin that is never let go does not keep its old memory from being offlined. */
export const offliningCompletes = (): Claim<Scene> =>
  eventually('memory offlining that has begun completes, even if a granted long-term pin is held for ever', {
    name: 'offlining-completes',
    source: 'include/linux/mmzone.h, ZONE_MOVABLE; linux-mm, 11 Dec 2020: "might never complete"',
    over: { kind: pageKinds },
    given: (s: Scene, { kind }) =>
      s.pinning === kind && s.pinner.result === 'success' && s.offline.pc !== 'drain all batches',
    holds: (s: Scene) => s.offline.pc === 'done',
  })

/** L2: the call returns, with success or an error, without needing a signal. */
export const pinReturns = (): Claim<Scene> =>
  leadsTo('a call that pins long-term returns, if nobody else is at work', {
    name: 'pin-returns',
    source: 'mm/gup.c, __gup_longterm_locked: the loop ends',
    over: { kind: pageKinds },
    from: (s: Scene, { kind }) => s.pinning === kind && s.pinner.pc === 'pin' && s.pinner.result === 'running',
    given: (s: Scene) => s.offline.pc === 'drain all batches' || s.offline.pc === 'done',
    holds: (s: Scene) => s.pinner.result !== 'running',
  })
