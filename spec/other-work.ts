/** What any other work on a CPU does to the batches there, on its way: it empties them, at any time when there is something. */
import { forAll, when } from '../checker/language/index.ts'
import { drainBatches, flushBatch } from './lru.ts'
import type { Memory, Mm } from './memory.ts'

/** The action on each CPU: `drain` where `waiting` finds anything. The batch of folios for the LRU, and only that, when absent. */
export const otherWork = (
  { cpus }: Memory,
  waiting: (s: Mm, cpu: number) => number = (s, cpu) => s.batch[cpu].length,
  drain: (s: Mm, cpu: number) => void = flushBatch,
) =>
  forAll(
    { cpu: cpus },
    (s: Mm, { cpu }) => {
      when(waiting(s, cpu) > 0)
      drain(s, cpu)
    },
    'mm/swap.c: lru_add_drain',
  )

interface DrainingAll {
  /** the CPU whose batches come next */
  drainCpu: number
}

/**
 * One step of lru_add_drain_all: one CPU after the other works through its batches, and the caller waits for all. Tells
 * whether there is another one to come; behind the last it begins anew.
 */
export function drainNextCpu(
  s: Mm,
  me: DrainingAll,
  { cpus }: Memory,
  drain: (s: Mm, cpu: number) => void = drainBatches,
): boolean {
  drain(s, me.drainCpu)
  const more = me.drainCpu < cpus.size - 1
  me.drainCpu = more ? me.drainCpu + 1 : 0
  return more
}
