// Where an additional thread starts: with a bundle, or, where there is none, after TypeScript has been switched on in it.
import { workerData } from 'node:worker_threads'
import { loadBundled } from './bundle.mjs'

try {
  const { serve, spec } = await loadBundled('worker.ts', workerData.source.module)
  await serve(workerData, spec)
} catch {
  await import('../typescript.mjs')
  const { serve } = await import('./worker.ts')
  await serve(workerData)
}
