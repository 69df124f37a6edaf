/**
 * Saves a search at the end of levels, and takes it up again. What is saved is what was known when the last level was
 * complete, so that an interrupt in the middle of a level loses the part of it that was done, and never counts it twice.
 */
import { SpecError } from '../language/errors.ts'
import { forEachInitial } from '../language/initial.ts'
import type { Model } from '../language/model.ts'
import {
  Checkpoint,
  type CheckpointEvent,
  type CheckpointOptions,
  type Mark,
  restoredCoverage,
  savedCoverage,
  searchIdentity,
} from './checkpoint.ts'
import type { SavedLevels } from './checkpoint-files.ts'
import { type Coverage, type CoverageFlags, copyOfCoverage, mergeCoverage } from './coverage.ts'
import type { Explorer } from './explorer.ts'
import { fingerprint } from './fingerprint.ts'
import { pack } from './layout.ts'
import type { IdRange, Space } from './space.ts'
import type { FoundStates, StateKey } from './states.ts'

/** The search that is saved. */
export interface SavedRun {
  readonly model: Model
  readonly space: Space
  readonly explorer: Explorer
  /** where they are kept may change */
  states(): FoundStates
  distinct(): number
  generated(): number
  seconds(): number
  /** of all threads */
  coverage(): Coverage
  /** the first number that no state has */
  next(): number
  /** the ranges and records of the levels behind the first `from`, up to `to` */
  records(from: number, to: number): SavedLevels
  /** ways to take in what was saved; each but the first is for when there was no room the way before */
  receivers(mark: Mark): Iterable<Receiver>
  /** what keeps the search from going on, and how many states of it are done */
  tell(doing: string, distinct: number): void
}

/** Takes in saved states: the ranges of each level, then their records piece by piece. */
export interface Receiver {
  level(ranges: readonly IdRange[]): void
  records(first: number, piece: Int32Array): Promise<void> | void
  end(): Promise<void> | void
}

const SECONDS_BETWEEN_SAVES = 30
/** a save that took long is followed by a search that takes this many times as long */
const SAVING_SHARE = 20

export class Saver {
  readonly #run: SavedRun
  readonly #checkpoint: Checkpoint
  readonly #every: number
  readonly #hear: (event: CheckpointEvent) => void
  /** what was known at the end of the last complete level */
  #mark: (Omit<Mark, 'coverage'> & { coverage: CoverageFlags }) | null = null
  #next: number

  private constructor(run: SavedRun, checkpoint: Checkpoint, every: number, hear: (event: CheckpointEvent) => void) {
    this.#run = run
    this.#checkpoint = checkpoint
    this.#every = every * 1000
    this.#hear = hear
    this.#next = performance.now() + this.#every
  }

  /** Opens the directory. Throws a SpecError where it does not hold what the options expect. */
  static async open(
    run: SavedRun,
    options: CheckpointOptions,
    hear: (event: CheckpointEvent) => void = () => {},
  ): Promise<Saver> {
    const { teacher, symmetry } = run.explorer
    const identity = searchIdentity(run.model, teacher.layout, symmetry !== null, options.about ?? '')
    const checkpoint = await Checkpoint.open(options, identity)
    return new Saver(run, checkpoint, options.every ?? SECONDS_BETWEEN_SAVES, hear)
  }

  /**
   * Takes up what was saved, and answers how far that search had come; null when this one begins anew. Throws a SpecError
   * when the files are damaged, or the model is not the one that was searched.
   */
  async resume(): Promise<Mark | null> {
    const checkpoint = this.#checkpoint
    const { mark } = checkpoint
    if (mark === null) return null
    const { space, explorer } = this.#run
    let taken = false
    for (const receiver of this.#run.receivers(mark)) {
      taken = await this.#take(receiver)
      if (taken) break
    }
    if (!taken) throw tooLarge(checkpoint.dir, mark, space.stride)
    this.#checkInitialStates()
    checkpoint.verify((from, to, count) => this.#behaviour(from, to, count))
    explorer.judge.levels.set(mark.decided)
    explorer.judge.deadlockLevel = mark.deadlockLevel
    mergeCoverage(explorer.coverage, restoredCoverage(mark.coverage))
    this.#tell('resumed', mark)
    this.#next = performance.now() + this.#every
    return mark
  }

  /** Has what was saved taken in; false where there is no room for it. */
  async #take(receiver: Receiver): Promise<boolean> {
    const { stride } = this.#run.space
    let read = 0
    try {
      await this.#checkpoint.load(stride, receiver.level, async (first, piece) => {
        await receiver.records(first, piece)
        read += piece.length / stride
        this.#run.tell('reading the checkpoint', read)
      })
      await receiver.end()
      return true
    } catch (thrown) {
      if (thrown instanceof RangeError) return false
      throw thrown
    }
  }

  /** To be called whenever a level is complete; saves it when the time has come. */
  async endLevel(): Promise<void> {
    const { run, judge } = { run: this.#run, judge: this.#run.explorer.judge }
    this.#mark = {
      levels: run.states().depth,
      distinct: run.distinct(),
      generated: run.generated(),
      seconds: run.seconds(),
      next: run.next(),
      decided: [...judge.levels],
      deadlockLevel: judge.deadlockLevel,
      coverage: copyOfCoverage(run.coverage()),
    }
    if (performance.now() >= this.#next) await this.save(false)
  }

  /** Saves the levels that are complete. What goes wrong is told, and the checkpoint stays what it was. */
  async save(last: boolean): Promise<void> {
    const mark = this.#mark
    if (mark === null) return
    const began = performance.now()
    const { saved } = this.#checkpoint
    try {
      if (mark.levels > saved) {
        this.#run.tell('writing the checkpoint', mark.distinct)
        await this.#checkpoint.save(
          { ...mark, coverage: savedCoverage(mark.coverage) },
          this.#run.records(saved, mark.levels),
          (...levels) => this.#behaviour(...levels),
        )
      }
      this.#tell('saved', mark, last)
    } catch (thrown) {
      this.#tell('failed', mark, last, thrown instanceof Error ? thrown.message : String(thrown))
    }
    const now = performance.now()
    this.#next = now + Math.max(this.#every, SAVING_SHARE * (now - began))
  }

  #behaviour(from: number, to: number, count: number): string {
    return fingerprint(this.#run.explorer, this.#run.states().sample(from, to, count))
  }

  /** The initial states must be those that were saved as the first level. */
  #checkInitialStates(): void {
    const { model, space, explorer } = this.#run
    const states = this.#run.states()
    const words = new Int32Array(space.words)
    const keys = new Set<StateKey>()
    forEachInitial(model, (codes) => {
      pack(explorer.teacher.layout, codes, words, 0)
      if (explorer.inspector.allows(words, 0)) keys.add(states.keyOf(words, 0))
    })
    let same = keys.size === states.size(1)
    for (const place of states.each(1)) same &&= keys.has(states.keyOf(place.words, place.base))
    if (same) return
    throw new SpecError(
      `the checkpoint in ${this.#checkpoint.dir} has other initial states`,
      'the spec, or a module that it uses, has been changed since it was saved',
      'undo the change, or begin anew in another directory, without --resume',
    )
  }

  #tell(
    kind: CheckpointEvent['kind'],
    { distinct, levels }: Pick<Mark, 'distinct' | 'levels'>,
    last = false,
    reason = '',
  ): void {
    this.#hear({ kind, dir: this.#checkpoint.dir, distinct, levels, reason, last })
  }
}

function tooLarge(dir: string, { next, distinct }: Mark, stride: number): SpecError {
  const megabytes = Math.ceil((next * (stride * 4 + 12)) / 2 ** 20)
  return new SpecError(
    `the checkpoint in ${dir} does not fit into the memory`,
    `its ${distinct.toLocaleString('en-US')} states take up to ${megabytes} MB, more than there is or --max-memory allows`,
    'allow more with --max-memory, or resume on a machine that has more',
  )
}
