/** How a search takes in the states of a checkpoint: into its space, or into a depot behind it. */
import { SpecError } from '../language/errors.ts'
import type { Mark } from './checkpoint.ts'
import type { Depot } from './depot.ts'
import type { Depots } from './depots.ts'
import type { Receiver } from './saver.ts'
import { CONTROL, finish, type IdRange, type Space } from './space.ts'
import { Spill } from './spill.ts'

/** The search that goes on. */
export interface ResumedRun {
  readonly space: Space
  readonly levels: IdRange[][]
  readonly depots: Depots
  /** makes room for so many states; false where the memory limit forbids it */
  grow(wanted: number): boolean
  /** fills the table with the states of all levels */
  enterAll(): void
  /** has the search keep its states there from now on */
  adopt(depot: Depot): void
}

/** Ways to take in a checkpoint; the next one is for when there was no room the way before. */
export function* receivers(run: ResumedRun, mark: Mark): Generator<Receiver> {
  const { space, depots } = run
  if (!depots.folds && run.grow(mark.next)) yield intoMemory(run, mark)
  const folded = depots.folds ? depots.openFolded() : null
  if (folded !== null) yield intoDepot(run, folded, mark)
  if (!depots.maySpill) return
  while (run.grow(Math.floor(space.capacity) + 1));
  const spill = writing(depots.dir, () => depots.openSpill([]))
  yield intoDepot(run, spill, mark)
}

function intoMemory({ space, levels, enterAll }: ResumedRun, mark: Mark): Receiver {
  return {
    level: (ranges) => levels.push([...ranges]),
    records: (first, piece) => space.log.set(piece, first * space.stride),
    end: () => {
      space.control[CONTROL.nextBlock] = mark.next
      enterAll()
    },
  }
}

function intoDepot({ space, depots, adopt }: ResumedRun, depot: Depot, mark: Mark): Receiver {
  depot.next = mark.next
  const dump = () => writing(depots.dir, () => finish(depot.dump()))
  return {
    level: (ranges) => depot.beginLevel(ranges),
    records: (_, piece) => {
      const { stride } = space
      for (let at = 0; at < piece.length; ) {
        const room = Math.floor(space.capacity) - space.reserved
        const some = piece.subarray(at, at + room * stride)
        writing(depots.dir, () => depot.absorb(some))
        at += some.length
        if (some.length === room * stride) dump()
      }
    },
    end: () => {
      dump()
      adopt(depot)
      if (depot instanceof Spill) depots.tell(mark.distinct)
    },
  }
}

/** Does something with files of states before there is a search that could stop. Throws a SpecError when the disk fails. */
function writing<T>(dir: string, work: () => T): T {
  try {
    return work()
  } catch (thrown) {
    if (!(thrown instanceof Error) || !('syscall' in thrown)) throw thrown
    throw new SpecError(
      `the states of the checkpoint cannot be moved to ${dir}`,
      thrown.message,
      'name another directory with --spill-dir, or allow more memory with --max-memory',
    )
  }
}

/** The error for a checkpoint that has come further than the search may. */
export function limitPassed(dir: string, { levels, distinct }: Pick<Mark, 'levels' | 'distinct'>): SpecError {
  return new SpecError(
    `the checkpoint in ${dir} has passed the limit on depth or states already`,
    `it holds ${distinct.toLocaleString('en-US')} states of ${levels} levels, and a search with that limit would have ended before`,
    'raise --max-depth or --max-states, or begin anew in another directory, without --resume',
  )
}
