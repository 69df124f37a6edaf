/** The body of one additional thread of a search. */
import { parentPort, workerData } from 'node:worker_threads'
import { type CallForHelp, type Hiring, identityOf, type Order, type Ready, type Report } from './crew.ts'
import { Explorer, type StateFault } from './explorer.ts'
import { mergeDecisions } from './judge.ts'
import { layoutOf } from './layout.ts'
import { loadModel } from './source.ts'
import { Space } from './space.ts'
import { symmetryOf } from './symmetry.ts'

const { source, memory, threads, kernelAfter, identity, symmetry } = workerData as Hiring
const model = await loadModel(source)
if (identityOf(model) !== identity) throw new Error(`${source.module} gives another model than the one to be searched`)
const layout = layoutOf(model.domain.cells)
const space = new Space(layout, memory)
const explorer = new Explorer(model, space, threads, kernelAfter, symmetryOf(model, layout, symmetry))

parentPort!.on('message', (order: Order | CallForHelp) => {
  space.attach(order.memory)
  if (order.kind === 'help') {
    space.help(order.ranges, order.growth)
    return
  }
  explorer.align(order.epochs)
  mergeDecisions(explorer.judge, order.decided.levels, order.decided.deadlockLevel)
  const stint = explorer.work(order.frontier, order.level, Infinity)
  const { fault } = explorer
  const report: Report = {
    stint,
    added: explorer.takeAdded(),
    tally: explorer.tally,
    levels: explorer.judge.levels,
    deadlockLevel: explorer.judge.deadlockLevel,
    coverage: {
      enabled: explorer.coverage.enabled,
      premises: explorer.coverage.premises,
      codes: explorer.coverage.codes,
    },
    fault: fault === null ? null : told(fault),
  }
  parentPort!.postMessage(report)
})

const ready: Ready = 'ready'
parentPort!.postMessage(ready)

/** Errors lose their class on the way to another thread. */
function told({ error, ...where }: StateFault): Report['fault'] {
  return { ...where, what: error.message, why: error.why, hint: error.hint }
}
