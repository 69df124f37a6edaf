/** The body of a thread that checks one row of a matrix after the other. */
import { parentPort } from 'node:worker_threads'
import { check } from '../check.ts'
import { loadModel } from '../engine/source.ts'
import type { Verdict } from '../verdict.ts'
import type { FromRow, PlainVerdict, ToRow } from './row-pool.ts'

const port = parentPort!
const interrupt = new AbortController()

port.on('message', async (message: ToRow) => {
  if (message.kind === 'interrupt') return interrupt.abort()
  const { source, options } = message
  try {
    const verdict = await check(await loadModel(source), {
      ...options,
      source,
      signal: interrupt.signal,
      onProgress: (progress) => tell({ kind: 'progress', progress }),
      onSpill: (event) => tell({ kind: 'spill', event }),
    })
    tell({ kind: 'verdict', verdict: plain(verdict) })
  } catch (thrown) {
    tell({ kind: 'failure', error: thrown instanceof Error ? thrown : new Error(String(thrown)) })
  }
})

function tell(message: FromRow): void {
  port.postMessage(message)
}

/** An error that crosses to another thread is not what it was: its parts go over one by one. */
function plain({ fault, ...rest }: Verdict): PlainVerdict {
  if (fault === null) return { ...rest, fault }
  const { error, trace } = fault
  return { ...rest, fault: { what: error.message, why: error.why, hint: error.hint, trace } }
}
