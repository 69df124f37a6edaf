/** What lru_add_drain_all schedules on a CPU, or any other work there that drains its batches: it may come at any time. */
import { choose, process, type Steps, step } from '../checker/language/index.ts'
import type { Memory, Mm } from './memory.ts'
import { type DrainState, drainLocals, drainStart, lruAddDrain, type Waiting } from './mlock-drain.ts'

type Locals = DrainState<'idle'> & { cpu: number }

/** A worker that drains one CPU after another, whenever there is something to drain and for as long as there is. */
export function drainWork(mm: Memory, waiting: Waiting) {
  const drain = lruAddDrain<'idle', Locals>({ ...waiting, cpu: (me) => me.cpu })
  return process(
    mm.state,
    {
      title: 'drain work',
      locals: { ...drainLocals(waiting, ['idle'] as const), cpu: mm.cpus },
      start: { ...drainStart('idle' as const), cpu: 0 },
    },
    {
      idle: step('mm/swap.c: lru_add_drain_per_cpu', (s: Mm, me: Locals) => {
        me.cpu = choose(
          s,
          mm.cpus.values.filter((cpu) => s.batch[cpu].length > 0 || s.mlockBatch[cpu].length > 0),
        )
        return 'lru_add_drain'
      }),
      ...drain.steps,
    } as Steps<Mm, Locals, string, 'done'>,
  )
}
