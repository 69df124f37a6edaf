/**
 * mlock(2) and munlock(2) as they were up to v5.17, of a page that somebody isolates and puts back, and that somebody else
 * migrates meanwhile.
 */
import { type Claim, type Constants, model } from '../../checker/language/index.ts'
import { isolateAndPutBack } from '../isolate-putback.ts'
import type { Kernel } from '../kernels.ts'
import { bootMemory, FREE, type Memory, type Mm, memory, type Sizes } from '../memory.ts'
import { mlockByPage } from '../mlock-by-page.ts'
import { oneMigration } from '../one-migration.ts'
import { otherWork } from '../other-work.ts'

export const constants = { faults: false, deep: false } satisfies Constants

const sizesFor = ({ settings }: Kernel, { faults, deep }: typeof constants): Sizes => ({
  pages: 1,
  freeMovable: 1,
  freeNormal: 0,
  cpus: 3,
  nodes: 1,
  // that of munlock, and that of a putback which looks again
  gets: settings['lru-add-order'] === 'putback-looks-again' ? 2 : 1,
  pinner: false,
  passes: deep ? 2 : 1,
  ptesMayBeEmpty: faults,
  mlock: { capacity: 0, count: 0, tasksShareCpus: true },
})

/** The bounds in words. */
export function boundsFor({ faults, deep }: typeof constants): string {
  const page = faults ? 'one page that is not there yet' : 'one page'
  return `${page} in one VMA, mlock(2) then munlock(2), one isolation with putback, one ${deep ? 'synchronous migration with 2 passes' : 'asynchronous migration with 1 pass'}, a CPU each`
}

/** The memory, and where the tasks stand. */
export type Scene = Mm & { caller: { pc: string }; putback: { pc: string }; migration: { pc: string; failed: boolean } }

/** The owner of the VMA is in user space or has exited, and the others have returned. */
export const ended = (s: Scene): boolean =>
  (s.caller.pc === 'user space' || s.caller.pc === 'done') && s.putback.pc === 'done' && s.migration.pc === 'done'

/** The model of the scenario on a kernel. */
export function mlockByPageScene(
  kernel: Kernel,
  values: typeof constants,
  claimsOn: (mm: Memory) => readonly Claim<Scene>[],
  waive: Readonly<Record<string, string>>,
) {
  const { settings } = kernel
  const sizes = sizesFor(kernel, values)
  const mm = memory(sizes)
  return model(
    'mlock-by-page',
    {
      state: mm.state,
      processes: {
        caller: mlockByPage(mm, { cpu: 0, settings, page: 0, faults: values.faults }),
        putback: isolateAndPutBack(mm, { cpu: 1, settings, folio: 0 }),
        migration: oneMigration(mm, {
          cpu: 2,
          mode: values.deep ? 'sync' : 'async',
          settings,
          folio: 0,
          drains: 'nothing',
          drainsAtEnd: true,
        }),
      },
    },
    {
      init: (s) => {
        bootMemory(s, sizes)
        if (!values.faults) return
        s.pte[0] = { kind: 'none' }
        s.folio[0] = { ...FREE, zone: s.folio[0].zone }
      },
      actions: {
        'other work drains the batch': otherWork(mm),
      },
      claims: claimsOn(mm) as readonly Claim<never>[],
      waive,
    },
  )
}
