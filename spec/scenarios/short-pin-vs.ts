/** The frame of scenarios in which direct I/O pins a page for a while, where it is, and somebody wants the page gone. */
import { type Claim, type Constants, model, type Process } from '../../checker/language/index.ts'
import type { PinCall } from '../gup.ts'
import type { Kernel } from '../kernels.ts'
import { bootMemory, type Memory, type Mm, memory, type Sizes } from '../memory.ts'
import { labelsOf } from '../offline.ts'
import { otherWork } from '../other-work.ts'
import { shortPinner } from '../short-pin.ts'
import type { Settings } from '../switches/index.ts'

export const constants = { passes: 1, deep: false } satisfies Constants

const passesFor = ({ passes, deep }: typeof constants): number => (deep ? Math.max(2, passes) : passes)

/** The sizes of the address space and of memory; `more` is what the page at hand has of its own. */
export const sizesFor = (values: typeof constants, disables: boolean, more: Partial<Sizes> = {}): Sizes => ({
  pages: 1,
  freeMovable: 0,
  freeNormal: 1,
  cpus: 2,
  gets: 2,
  passes: passesFor(values),
  lruCacheDisablers: disables ? 1 : 0,
  ...more,
})

/** The bounds in words. */
export const boundsOf = (where: string, values: typeof constants): string =>
  `1 page in ${where}, 1 free folio in ZONE_NORMAL, 2 CPUs with batches of 2, migration passes: ${passesFor(values)}`

/** Who wants the page gone: the name of the process, and the process. */
interface Other<P> {
  readonly name: string
  readonly process: (mm: Memory, options: { cpu: number; settings: Settings }) => P
}

/** The model on a kernel. I/O that has begun ends; whether more of it begins is left open. */
export function shortPinVs<S extends Mm & { readonly pinner: PinCall }, P extends Process>(
  { settings }: Kernel,
  name: string,
  sizes: Sizes,
  other: Other<P>,
  claimsOn: (mm: Memory) => readonly Claim<S>[],
  waive: Readonly<Record<string, string>>,
) {
  const mm = memory(sizes)
  const pinner = shortPinner(mm, { cpu: 0, settings })
  const process = other.process(mm, { cpu: 1, settings })
  return model(
    name,
    { state: mm.state, processes: { pinner, [other.name]: process as Process } },
    {
      init: (s) => bootMemory(s, sizes),
      actions: { 'other work flushes the batch': otherWork(mm) },
      fairness: {
        weak: [{ anyOf: labelsOf('pinner', pinner, ['read pte']) }, { anyOf: labelsOf(other.name, process, []) }],
      },
      claims: claimsOn(mm) as readonly Claim<object>[],
      final: (s) => (s as unknown as Record<string, { pc: string }>)[other.name].pc === 'done',
      waive,
    },
  )
}
