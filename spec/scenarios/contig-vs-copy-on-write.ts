/**
 * alloc_contig_range wants the memory of a large anonymous folio, for virtio-mem to give it back, while a store
 * copies the first page of it away. Nobody has pinned the folio.
 */
import { type Claim, type Constants, model } from '../../checker/language/index.ts'
import { copyOnWrite } from '../copy-on-write.ts'
import { isolationScan } from '../isolation-scan.ts'
import type { Kernel } from '../kernels.ts'
import { bootMemory, type Memory, type Mm, memory, type Sizes } from '../memory.ts'

export const constants = {} satisfies Constants

/** The sizes of the address space and of memory. */
export const sizes: Sizes = {
  pages: 2,
  folios: 2,
  freeMovable: 1,
  freeNormal: 0,
  cpus: 1,
  pinner: false,
  migrates: false,
  lruCacheDisabled: true,
  shared: true,
  ptesMayBeEmpty: true,
}

/** The bounds in words. */
export function boundsFor(): string {
  return '1 large folio of two pages, 1 free folio, one store'
}

/** The model of the scenario on a kernel. Every task is weakly fair. */
export function contigVsCopyOnWrite(
  { settings }: Kernel,
  claimsOn: (mm: Memory) => readonly Claim<Mm>[],
  waive: Readonly<Record<string, string>>,
) {
  const mm = memory(sizes)
  return model(
    'contig-vs-copy-on-write',
    {
      state: mm.state,
      processes: { compaction: isolationScan(mm, { settings }), store: copyOnWrite(mm, { cpu: 0, settings }) },
    },
    {
      init: (s) => {
        bootMemory(s, sizes)
        s.pte[1] = { kind: 'none' }
        s.folio[0].refs--
      },
      claims: claimsOn(mm),
      fairness: { weak: ['compaction', 'store'] },
      waive,
    },
  )
}
