/** The body of one additional thread of a search. */
import { parentPort } from 'node:worker_threads'
import { SpecError } from '../language/errors.ts'
import { type CallForHelp, type Hiring, identityOf, type Order, type Ready, type Report } from './crew.ts'
import { Explorer, type StateFault, type Stint } from './explorer.ts'
import { mergeDecisions } from './judge.ts'
import { layoutOf } from './layout.ts'
import { loadModel } from './source.ts'
import { CONTROL, Space } from './space.ts'
import { symmetryOf } from './symmetry.ts'

/**
 * Builds the model, and from then on does what it is told. `loaded` is the module that the model comes from, where it is
 * there already. Rejects when the source gives another model than the one to be searched.
 */
export async function serve(hiring: Hiring, loaded?: object): Promise<void> {
  const { source, memory, threads, kernelAfter, identity, symmetry } = hiring
  const model = await loadModel(source, loaded)
  if (identityOf(model) !== identity)
    throw new Error(`${source.module} gives another model than the one to be searched`)
  const layout = layoutOf(model.domain.cells)
  const space = new Space(layout, memory)
  const explorer = new Explorer(model, space, threads, kernelAfter, symmetryOf(model, layout, symmetry))
  parentPort!.on('message', (order: Order | CallForHelp) => {
    space.attach(order.memory)
    if (order.kind === 'help') space.help(order.ranges, order.growth)
    else parentPort!.postMessage(obey(order, explorer))
  })
  const ready: Ready = 'ready'
  parentPort!.postMessage(ready)
}

function obey(order: Order, explorer: Explorer): Report {
  explorer.align(order.epochs)
  mergeDecisions(explorer.judge, order.decided.levels, order.decided.deadlockLevel)
  const stint = working(order, explorer)
  const { fault, coverage, judge } = explorer
  return {
    stint,
    added: explorer.takeAdded(),
    tally: explorer.tally,
    levels: judge.levels,
    deadlockLevel: judge.deadlockLevel,
    coverage: { enabled: coverage.enabled, premises: coverage.premises, codes: coverage.codes },
    fault: fault === null ? null : told(fault),
  }
}

/** Works on a level. What the thread cannot go on after becomes a fault, because errors lose their class on the way. */
function working({ frontier, level }: Order, explorer: Explorer): Stint {
  try {
    return explorer.work(frontier, level, Infinity)
  } catch (thrown) {
    if (!(thrown instanceof SpecError)) throw thrown
    Atomics.store(explorer.space.control, CONTROL.pause, 1)
    explorer.fault = { error: thrown, id: 0, words: null, level }
    return 'fault'
  }
}

/** Errors lose their class on the way to another thread. */
function told({ error, ...where }: StateFault): Report['fault'] {
  return { ...where, what: error.message, why: error.why, hint: error.hint }
}
