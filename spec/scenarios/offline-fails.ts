/** Memory offlining that may give up because a page of its range turns out to be unmovable. What does it leave behind? */
import { type Claim, type Constants, model } from '../../checker/language/index.ts'
import type { Kernel } from '../kernels.ts'
import { bootMemory, type Memory, type Mm, memory, type Sizes } from '../memory.ts'
import { offlining } from '../offline.ts'
import type { Settings } from '../switches/index.ts'

export const constants = { deep: false } satisfies Constants

/** The sizes of the address space and of memory. */
const sizesFor = (settings: Settings): Sizes => ({
  pages: 1,
  freeMovable: 0,
  freeNormal: 1,
  cpus: 2,
  pinner: false,
  lruCacheDisablers: settings['offline-disables-lru-cache'] === 'yes' ? 1 : 0,
})

/** The bounds in words. */
export const boundsFor = () => '1 page in ZONE_MOVABLE, 1 free folio in ZONE_NORMAL, 2 CPUs, offlined once'

/** The memory, and where offlining stands. */
export type Scene = Mm & { readonly offline: { readonly pc: string } }

/** The model on a kernel, with the claims made about it. */
export function offlineFails(
  { settings }: Kernel,
  claimsOn: (mm: Memory) => readonly Claim<Scene>[],
  waive: Readonly<Record<string, string>>,
) {
  const sizes = sizesFor(settings)
  const mm = memory(sizes)
  return model(
    'offline-fails',
    { state: mm.state, processes: { offline: offlining(mm, { cpu: 1, settings, range: 1, mayFail: true }) } },
    { init: (s) => bootMemory(s, sizes), claims: claimsOn(mm) as readonly Claim<Scene>[], waive },
  )
}
