/** Threads that check the rows of a matrix side by side. A row is one model, and its verdict does not depend on the others. */
import { Worker } from 'node:worker_threads'
import type { CheckOptions } from '../check.ts'
import type { Progress, SpillEvent } from '../engine/search.ts'
import type { ModelSource } from '../engine/source.ts'
import { SpecError } from '../language/errors.ts'
import type { Trace } from '../trace/trace.ts'
import type { Verdict } from '../verdict.ts'

/** What crosses to another thread. */
type RowOptions = Omit<CheckOptions, 'source' | 'signal' | 'onProgress' | 'onSpill'>

export interface RowJob {
  readonly source: ModelSource
  readonly options: RowOptions
}

/** A verdict without what does not survive the way to another thread. */
export type PlainVerdict = Omit<Verdict, 'fault'> & {
  readonly fault: { what: string; why: string; hint: string; trace: Trace | null } | null
}

export type ToRow = ({ readonly kind: 'job' } & RowJob) | { readonly kind: 'interrupt' }

export type FromRow =
  | { readonly kind: 'progress'; readonly progress: Progress }
  | { readonly kind: 'spill'; readonly event: SpillEvent }
  | { readonly kind: 'verdict'; readonly verdict: PlainVerdict }
  | { readonly kind: 'failure'; readonly error: Error }

interface PoolOptions {
  readonly threads: number
  readonly signal: AbortSignal
  readonly onProgress: (job: number, progress: Progress) => void
  /** states of a job went to disk, or could not */
  readonly onSpill: (job: number, event: SpillEvent) => void
  /** called once for each job, in the order in which they are done; not for those that an interrupt leaves */
  readonly onVerdict: (job: number, verdict: Verdict) => Promise<void>
}

/** Checks every job; what has not begun when the signal aborts is left. Throws what a thread throws. */
export async function checkRows(jobs: readonly RowJob[], options: PoolOptions): Promise<void> {
  let next = 0
  const threads = Array.from({ length: Math.min(options.threads, jobs.length) }, startThread)
  const work = async (thread: Worker) => {
    while (next < jobs.length && !options.signal.aborted) {
      const job = next++
      await options.onVerdict(job, await checkRow(thread, jobs[job], job, options))
    }
  }
  const interrupt = () => {
    for (const thread of threads) thread.postMessage({ kind: 'interrupt' } satisfies ToRow)
  }
  options.signal.addEventListener('abort', interrupt)
  try {
    await Promise.all(threads.map(work))
  } finally {
    options.signal.removeEventListener('abort', interrupt)
    await Promise.all(threads.map((thread) => thread.terminate()))
  }
}

const startThread = (): Worker => new Worker(new URL('./row-thread.mjs', import.meta.url), { execArgv: [] })

function checkRow(thread: Worker, row: RowJob, job: number, { onProgress, onSpill }: PoolOptions): Promise<Verdict> {
  return new Promise((resolve, reject) => {
    const finish = (settle: () => void) => {
      thread.off('message', hear)
      thread.off('error', fail)
      thread.off('exit', end)
      settle()
    }
    const fail = (error: Error) => finish(() => reject(error))
    // A spec may have ended the thread: nobody else would ever answer.
    const end = (code: number) => fail(new Error(`a thread that checks rows ended, with exit code ${code}`))
    const hear = (message: FromRow) => {
      if (message.kind === 'progress') onProgress(job, message.progress)
      if (message.kind === 'spill') onSpill(job, message.event)
      if (message.kind === 'verdict') finish(() => resolve(revived(message.verdict)))
      if (message.kind === 'failure') fail(message.error)
    }
    thread.on('message', hear)
    thread.on('error', fail)
    thread.on('exit', end)
    thread.postMessage({ kind: 'job', ...row } satisfies ToRow)
  })
}

function revived({ fault, ...rest }: PlainVerdict): Verdict {
  if (fault === null) return { ...rest, fault }
  return { ...rest, fault: { error: new SpecError(fault.what, fault.why, fault.hint), trace: fault.trace } }
}
