/**
 * The search: breadth-first, level by level, so that verdicts, counts and the length of the shortest traces are the same
 * for every number of threads. It runs in stints, between which progress is told and an interrupt is heard. Longer than
 * most files because space, depot and checkpoint take turns in one loop over the levels; what each does is elsewhere.
 */

import { asSpecError } from '../language/draft.ts'
import { SpecError } from '../language/errors.ts'
import { forEachInitial, noInitialState } from '../language/initial.ts'
import type { Model } from '../language/model.ts'
import type { CheckpointEvent, CheckpointOptions, Mark } from './checkpoint.ts'
import { type Coverage, closeCoverage } from './coverage.ts'
import { type Crew, hireCrew, identityOf } from './crew.ts'
import type { Depot } from './depot.ts'
import { type Epochs, Explorer, type Frontier, lowest, type StateFault } from './explorer.ts'
import { Folded } from './folded.ts'
import { layoutOf, pack } from './layout.ts'
import { memoryLimit } from './memory.ts'
import type { Bounds, Outcome, Stop } from './outcome.ts'
import { savedLevels } from './saved-levels.ts'
import { type Receiver, type SavedRun, Saver } from './saver.ts'
import type { ModelSource } from './source.ts'
import { CONTROL, finish, type IdRange, rangesSize, Space } from './space.ts'
import type { RoomySizes } from './space-memory.ts'
import { Spill, type SpillOptions } from './spill.ts'
import { type FoundStates, statesInDepot, statesInMemory } from './states.ts'
import { noTally, Samples, type Statistics, sumOf, type Tally } from './statistics.ts'
import { symmetryOf } from './symmetry.ts'
import { auditSymmetry, InitialStates, wholeGraphRefusal } from './symmetry-audit.ts'

export interface Progress {
  readonly level: number
  readonly distinct: number
  readonly generated: number
  /** states of this level not yet taken up */
  readonly frontier: number
  readonly bytes: number
  readonly seconds: number
  /** what is done instead of searching, where that may take a while; else empty */
  readonly doing: string
}

export interface SearchOptions extends Bounds {
  /** threads, this one included; more than one needs `source` */
  readonly workers?: number
  readonly source?: ModelSource
  /** states found before other threads are started, which join large levels when they are ready, 1 by default; 0 to wait for them at every level */
  readonly parallelFrom?: number
  /** bytes for states and hash table */
  readonly maxMemory?: number
  /** states expanded before the kernel takes over; 0 to have it do all that it can */
  readonly kernelAfter?: number
  /** sizes of the hash table for which states are kept in WebAssembly memory */
  readonly roomy?: RoomySizes
  /** keep one state of each orbit, where the model declares collections symmetric; default true */
  readonly symmetry?: boolean
  readonly onProgress?: (progress: Progress) => void
  /** ends the search soon, with what was found so far */
  readonly signal?: AbortSignal
  /** where to save what was found at the end of levels, and whether to go on from there */
  readonly checkpoint?: CheckpointOptions
  readonly onCheckpoint?: (event: CheckpointEvent) => void
  /** where to keep states that do not fit into memory; without it, the search stops there */
  readonly spill?: SpillOptions
  readonly onSpill?: (event: SpillEvent) => void
  /** keep states folded: each takes less memory, above 64 bits, and more time */
  readonly compress?: boolean
  /** states found before they are folded: fewer take little memory as they are */
  readonly foldFrom?: number
}

/** States went to disk, or could not. */
export interface SpillEvent {
  readonly dir: string
  readonly distinct: number
  /** what the system said; empty where all is well */
  readonly reason: string
}

/** A finished search: what it found out, and the graph to look at. */
export interface Search {
  readonly model: Model
  readonly outcome: Outcome
  readonly coverage: Coverage
  readonly statistics: Statistics
  readonly space: Space
  readonly explorer: Explorer
  /** the states of each level; the first level are the initial states */
  readonly levels: readonly (readonly IdRange[])[]
  /** the same states, wherever they are kept */
  readonly states: FoundStates
  readonly fault: StateFault | null
  /** gives back what is on disk, if anything; traces cannot be found after that */
  release(): void
}

const STINT = 40
/** States of a level from which on it is worth while to wake the other threads. */
const SHARED_LEVEL = 2 ** 13
/** what a search on disk needs in memory, in rooms for each thread */
const LEAST_ROOMS = 4
/** the share of the memory, and the most states, that are kept unfolded where the others are folded */
const FOLD_FROM = 200_000
const [WINDOW_SHARE, LARGEST_WINDOW] = [1 / 8, 1 << 20]

/** Explores a model. Faults of the spec are part of the outcome; only faults of the checker itself are thrown. */
export async function search(model: Model, options: SearchOptions = {}): Promise<Search> {
  return new Run(model, options).run()
}

class Run {
  readonly #model: Model
  readonly #options: SearchOptions
  readonly #workers: number
  readonly #maxMemory: number
  readonly #space: Space
  readonly #explorer: Explorer
  readonly #levels: IdRange[][] = []
  #states: FoundStates
  /** where states are kept that do not fit into memory, and the states in memory that were not compared with them yet */
  #depot: Depot | null = null
  #found: IdRange[] = []
  readonly #epochs: Epochs = { frontier: 0, flush: 0, search: 0 }
  /** states of all levels but the last */
  #closed = 0
  /** bytes while states were in two places */
  #peak = 0
  readonly #began = performance.now()
  #breathed = performance.now()
  readonly #samples = new Samples()
  #crew: Crew | null = null
  #stopped: Stop | null = null
  #fault: StateFault | null = null
  #saver: Saver | null = null
  /** what an earlier process had done when it saved the checkpoint that this one goes on from */
  #before = { generated: 0, seconds: 0 }

  constructor(model: Model, options: SearchOptions) {
    this.#model = model
    this.#options = options
    this.#workers = Math.max(1, options.source === undefined ? 1 : (options.workers ?? 1))
    this.#maxMemory = options.maxMemory ?? memoryLimit()
    const layout = layoutOf(model.domain.cells)
    this.#space = new Space(layout, undefined, options.roomy)
    const symmetry = symmetryOf(model, layout, options.symmetry ?? true)
    this.#explorer = new Explorer(model, this.#space, this.#workers, options.kernelAfter, symmetry)
    this.#states = statesInMemory(this.#explorer, this.#levels)
  }

  async run(): Promise<Search> {
    const { symmetry } = this.#explorer
    let complete = false
    if (this.#options.checkpoint !== undefined) await this.#openCheckpoint(this.#options.checkpoint)
    try {
      const whole = this.#model.claims.find(({ kind }) => kind === 'temporal' || kind === 'refinement')
      if (symmetry !== null && whole !== undefined) throw wholeGraphRefusal(whole)
      if (this.#folds() && whole !== undefined) throw foldedRefusal(whole.kind, whole.name)
      complete = (this.#states.depth > 0 || this.#start()) && (await this.#exploreLevels())
      if (this.#fault === null) this.#explorer.audit()
      if (this.#fault === null && symmetry !== null) auditSymmetry(this.#explorer, symmetry, this.#states)
    } catch (thrown) {
      if (!(thrown instanceof SpecError)) throw thrown
      this.#fault ??= { error: thrown, id: 0, words: null, level: 0 }
    } finally {
      await this.#crew?.dismiss()
    }
    if (this.#stopped !== null && this.#fault === null) await this.#saver?.save(true)
    return this.#result(complete && this.#fault === null)
  }

  /** Enters the initial states; false when a claim or constraint failed on one of them. */
  #start(): boolean {
    const { cells } = this.#model.domain
    const words = new Int32Array(this.#space.words)
    const { teacher, symmetry } = this.#explorer
    const { layout } = teacher
    const initials = symmetry === null ? null : new InitialStates(symmetry)
    try {
      forEachInitial(this.#model, (codes) => {
        if (this.#stopped !== null) return
        for (let cell = 0; cell < cells.length; cell++) this.#explorer.coverage.note(cell, codes[cell])
        pack(layout, codes, words, 0)
        initials?.note(words)
        if (!this.#explorer.addInitial(words)) this.#makeRoomForInitial()
      })
      while (this.#stopped === null && !this.#explorer.finishInitial()) this.#makeRoomForInitial()
      if (this.#stopped === null) initials?.check()
    } catch (thrown) {
      const error = thrown instanceof SpecError ? thrown : asSpecError(thrown, this.#model.name)
      this.#fault = this.#explorer.fault ?? { error, id: 0, words: null, level: 1 }
      return false
    }
    this.#levels.push(this.#explorer.takeAdded())
    if (this.#stopped !== null) return false
    if (this.#distinct() > 0) return true
    this.#fault = { error: noInitialState('the constraint excludes every one'), id: 0, words: null, level: 1 }
    return false
  }

  /** Explores level after level; true when no state is left. */
  async #exploreLevels(): Promise<boolean> {
    const { maxDepth = Infinity, maxStates = Infinity, untilDecided = false } = this.#options
    for (let level = this.#states.depth; ; level++) {
      const size = this.#states.size(level)
      if (size === 0) {
        if (this.#depot !== null) return true
        this.#levels.pop()
        this.#closed -= this.#states.size(level - 1)
        return true
      }
      if (untilDecided && this.#explorer.judge.decided()) return false
      if (level >= maxDepth) this.#stopped = 'depth'
      if (this.#distinct() >= maxStates) this.#stopped = 'states'
      if (performance.now() - this.#breathed > STINT) await this.#breathe(size, level)
      await this.#saver?.endLevel()
      if (this.#stopped !== null) return false
      await this.#exploreLevel(size, level)
      this.#sample(level)
      if (this.#stopped !== null || this.#fault !== null) return false
    }
  }

  async #exploreLevel(size: number, level: number): Promise<void> {
    await this.#hire()
    const generated = this.#generated()
    if (this.#depot === null) {
      const early = this.#maySpill() && this.#distinct() >= (this.#options.spill?.from ?? Infinity)
      this.#closed += size
      this.#levels.push([])
      const frontier = { ranges: this.#levels[level - 1], size }
      const fold = this.#folds() && this.#distinct() >= (this.#options.foldFrom ?? FOLD_FROM)
      if (!early && !fold && !(await this.#workOn(frontier, level))) return
      await this.#leaveSpace(level, generated)
    }
    if (this.#stopped === null) await this.#exploreDepot(level)
  }

  async #hire(): Promise<void> {
    if (this.#crew !== null || this.#workers === 1) return
    if (this.#distinct() < (this.#options.parallelFrom ?? 1)) return
    this.#crew = hireCrew({
      source: this.#options.source!,
      memory: this.#space.memory,
      threads: this.#workers,
      kernelAfter: this.#options.kernelAfter,
      identity: identityOf(this.#model),
      symmetry: this.#explorer.symmetry !== null,
    })
    if (this.#options.parallelFrom === 0) await this.#crew.assembled()
  }

  /** Has all threads work on a frontier until it is done. True when the states do not fit into memory any more. */
  async #workOn(frontier: Frontier, level: number): Promise<boolean> {
    const { control } = this.#space
    let outgrown = false
    control[CONTROL.cursor] = 0
    this.#begin(frontier, level)
    for (;;) {
      const stint = this.#explorer.work(frontier, level, performance.now() + STINT)
      this.#takeAdded(this.#explorer)
      if (stint === 'slice') {
        await this.#breathe(frontier.size - control[CONTROL.cursor], level)
        if (this.#stopped !== null) break
        continue
      }
      // Nothing moves while others work: wait until every thread has finished or paused.
      const crewDone = (await this.#crew?.settled()) ?? true
      this.#takeAdded(this.#crew)
      this.#fault = lowest(this.#explorer.fault, this.#crew?.fault ?? null)
      if (this.#fault?.level === level || (stint === 'done' && crewDone)) break
      await this.#breathe(frontier.size - control[CONTROL.cursor], level)
      if (this.#stopped === null && this.#depot !== null) await this.#flush(level)
      else if (this.#stopped === null) outgrown = !(await this.#makeRoomInTurns(level))
      if (outgrown && !this.#maySpill()) this.#stopped = 'memory'
      if (outgrown || this.#stopped !== null) break
      this.#begin(frontier, level)
    }
    if (this.#stopped !== null) {
      Atomics.store(control, CONTROL.pause, 1)
      await this.#crew?.settled()
      this.#takeAdded(this.#crew)
    }
    this.#crew?.report(this.#explorer)
    return outgrown && this.#stopped === null
  }

  #begin(frontier: Frontier, level: number): void {
    this.#space.control[CONTROL.pause] = 0
    this.#explorer.align(this.#epochs)
    if (frontier.size < SHARED_LEVEL && this.#options.parallelFrom !== 0) return
    this.#crew?.begin(frontier, level, this.#space.memory, this.#epochs, this.#explorer.judge)
  }

  /** Enters what a thread, or several, found into the level that is being found. */
  #takeAdded(finder: { takeAdded(): IdRange[] } | null): void {
    const level = this.#depot === null ? this.#levels[this.#levels.length - 1] : this.#found
    for (const range of finder?.takeAdded() ?? []) level.push(range)
  }

  /** Claims about the whole graph need it in memory. */
  #maySpill(): boolean {
    const whole = ({ kind }: { kind: string }) => kind === 'temporal' || kind === 'refinement'
    return this.#options.spill !== undefined && !this.#model.claims.some(whole)
  }

  #folds(): boolean {
    return this.#options.compress ?? false
  }

  /**
   * Moves all levels to where there is room; the level that was being expanded has to be expanded anew. When something
   * stops that, they stay where they are.
   */
  async #leaveSpace(level: number, generated: number): Promise<void> {
    const { control } = this.#space
    const next = control[CONTROL.nextBlock]
    this.#levels.length = level
    // The level that was being expanded is the last one again.
    this.#closed -= rangesSize(this.#levels[level - 1])
    let depot = this.#folds() ? await this.#moved(() => this.#openFolded()) : null
    if (depot === null && this.#maySpill() && (this.#stopped === null || this.#stopped === 'memory')) {
      this.#stopped = null
      depot = await this.#moved(() => this.#openSpill(this.#levels.flat()))
    }
    this.#before = { ...this.#before, generated: this.#before.generated + generated - this.#generated() }
    this.#epochs.search++
    if (depot === null) {
      control[CONTROL.nextBlock] = next
      this.#enterAll()
      return
    }
    this.#depot = depot
    this.#levels.length = 0
    this.#states = statesInDepot(this.#explorer, depot)
    if (depot instanceof Spill) this.#tellSpill(depot.distinct)
  }

  /** Fills the table with the states of all levels, which lie in the log. */
  #enterAll(): void {
    this.#space.table.fill(0)
    for (const range of this.#levels.flat()) this.#space.enter(range)
  }

  /** Moves all levels to a depot. Null where there is none, or something came in between: they are still in the log. */
  async #moved(open: () => Depot | null): Promise<Depot | null> {
    let depot = null as Depot | null
    await this.#guarded(async () => {
      depot = open()
      if (depot === null) return
      for (const ranges of this.#levels) await this.#all(depot.addLevel(ranges), 'moving states')
      this.#peak = Math.max(this.#peak, this.#space.bytes + depot.bytes)
      await this.#all(depot.dump(), 'moving states')
    })
    if (this.#stopped === null) return depot
    depot?.close()
    return null
  }

  /** Threads need that much room between two flushes. */
  get #leastWindow(): number {
    return LEAST_ROOMS * this.#explorer.mostRoom * this.#workers
  }

  /** A depot of folded states; null where too little memory would be left for them, and there is a disk. */
  #openFolded(): Depot | null {
    const least = this.#leastWindow
    const most = Math.max(least, Math.min(LARGEST_WINDOW, this.#windowIn(this.#maxMemory * WINDOW_SHARE)))
    const spills = this.#maySpill()
    // When they go to disk, there should be room for a larger space before they are gone.
    const bytes = spills ? this.#maxMemory * (1 - WINDOW_SHARE) : this.#maxMemory
    if (spills && this.#windowIn(bytes / 2) < least) return null
    return new Folded(this.#space, this.#options.spill ?? {}, this.#space.reserved + 1, { least, most, bytes })
  }

  /** A depot on disk, behind the space, whose table holds the states of the given ranges and will not grow any more. */
  #openSpill(ranges: readonly IdRange[]): Depot {
    const next = this.#space.reserved + 1
    this.#space.table.fill(0)
    for (const range of ranges) this.#space.enter(range)
    this.#space.grow(this.#leastWindow, ranges, Infinity)
    return new Spill(this.#space, this.#options.spill!, next)
  }

  /** States that so many bytes of space have room for. */
  #windowIn(bytes: number): number {
    return Math.floor(bytes / this.#space.bytesPerState)
  }

  /** Expands a level of the depot, piece by piece. */
  async #exploreDepot(level: number): Promise<void> {
    const size = this.#states.size(level)
    this.#depot!.beginLevel()
    for (let [from, count] = [0, 0]; from < size && this.#stopped === null; from += count) {
      await this.#guarded(async () => {
        count = this.#depot!.load(level, from)
      })
      if (this.#stopped !== null) return
      this.#epochs.frontier++
      await this.#workOn({ ranges: [{ from: 1, to: count + 1 }], size: count }, level)
      if (this.#fault?.level === level) return
      if (this.#stopped === null && this.#depot!.due) await this.#flush(level)
    }
    if (this.#stopped === null) await this.#flush(level)
    if (this.#stopped === null) this.#depot!.endLevel()
  }

  /** Sorts out what is new among the states in memory, and empties it. */
  async #flush(level: number): Promise<void> {
    const found = this.#found
    this.#found = []
    const flush = () => this.#all(this.#depot!.flush(found), 'comparing with what is known', level)
    await this.#guarded(flush)
    if (this.#stopped === 'memory' && this.#depot instanceof Folded && this.#maySpill()) {
      this.#stopped = null
      await this.#guarded(() => this.#foldedToDisk(this.#depot!, found))
      if (this.#stopped === null) await this.#guarded(flush)
    }
    this.#epochs.flush++
  }

  /** Moves folded states to disk, when they too have become too many. */
  async #foldedToDisk(folded: Depot, found: readonly IdRange[]): Promise<void> {
    this.#peak = Math.max(this.#peak, this.#bytes())
    this.#space.grow(Math.min(LARGEST_WINDOW, this.#windowIn(this.#maxMemory * WINDOW_SHARE)), found, Infinity)
    const spill = new Spill(this.#space, this.#options.spill!, folded.next)
    await this.#all(spill.takeOver(folded), 'moving states to disk')
    if (this.#stopped !== null) return spill.close()
    this.#depot = spill
    this.#states = statesInDepot(this.#explorer, spill)
    this.#tellSpill(spill.distinct)
  }

  /** Goes through with something that takes its time. */
  async #all(steps: Iterable<void>, doing: string, level = 0): Promise<void> {
    if (this.#stopped !== null) return
    for (const _ of steps) {
      if (performance.now() - this.#breathed > STINT) await this.#pause(doing, level)
      if (this.#stopped !== null) return
    }
  }

  async #pause(doing: string, level = 0): Promise<void> {
    this.#tell(level, 0, this.#distinct(), doing)
    await new Promise((resolve) => setImmediate(resolve))
    this.#breathed = performance.now()
    if (this.#options.signal?.aborted) this.#stopped = 'interrupt'
  }

  /** Does something that disk or memory may not have room for; then the search stops. */
  async #guarded(work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (thrown) {
      if (thrown instanceof RangeError) {
        this.#stopped = 'memory'
        return
      }
      if (!(thrown instanceof Error) || !('syscall' in thrown)) throw thrown
      this.#stopped = 'disk'
      this.#options.onSpill?.({ dir: this.#options.spill!.dir, distinct: this.#distinct(), reason: thrown.message })
    }
  }

  /** Lets the event loop run: progress out, interrupts in. */
  async #breathe(frontier: number, level: number): Promise<void> {
    this.#tell(level, Math.max(0, frontier), this.#distinct())
    await new Promise((resolve) => setImmediate(resolve))
    this.#breathed = performance.now()
    if (this.#options.signal?.aborted) this.#stopped = 'interrupt'
  }

  #sample(level: number): void {
    const [seconds, distinct, generated] = [this.#seconds(), this.#distinct(), this.#generated()]
    const { user, system } = process.cpuUsage()
    const cpuSeconds = (user + system) / 1e6
    this.#samples.add({ level, seconds, cpuSeconds, distinct, generated, bytes: this.#bytes() })
  }

  #tell(level: number, frontier: number, distinct: number, doing = ''): void {
    const [generated, bytes, seconds] = [this.#generated(), this.#bytes(), this.#seconds()]
    this.#options.onProgress?.({ level, distinct, generated, frontier, bytes, seconds, doing })
  }

  /** Grows the space so that work can go on; false where the memory limit forbids it. */
  #makeRoom(): boolean {
    const wanted = this.#space.reserved + this.#workers * this.#explorer.room
    return this.#space.capacity > wanted || this.#grow(wanted)
  }

  /** The same, in turns with the event loop: to fill a large table again takes seconds. */
  async #makeRoomInTurns(level: number): Promise<boolean> {
    const wanted = this.#space.reserved + this.#workers * this.#explorer.room
    if (this.#space.capacity > wanted) return true
    try {
      // Where states will be folded, there must be room for them beside those that are not.
      const steps = this.#growing(wanted, this.#folds() ? this.#maxMemory / 2 : this.#maxMemory)
      for (;;) {
        const step = steps.next()
        if (step.done) return step.value
        if (performance.now() - this.#breathed > STINT) await this.#breathe(0, level)
      }
    } catch (thrown) {
      if (!(thrown instanceof RangeError)) throw thrown
      return false
    }
  }

  /** What goes to disk are levels: the first one is found in memory, whatever it takes. */
  #makeRoomForInitial(): void {
    if (this.#makeRoom()) return
    const wanted = this.#space.reserved + this.#workers * this.#explorer.room
    if (!this.#maySpill() || !this.#grow(wanted, Infinity)) this.#stopped = 'memory'
  }

  #grow(wanted: number, limit = this.#maxMemory): boolean {
    try {
      return finish(this.#growing(wanted, limit))
    } catch (thrown) {
      if (!(thrown instanceof RangeError)) throw thrown
      return false
    }
  }

  /** The steps of a growth, in which the other threads take part. */
  #growing(wanted: number, limit: number): Generator<void, boolean> {
    const crew = this.#crew
    const callHelpers =
      crew === null
        ? undefined
        : (ranges: readonly IdRange[], growth: number) => crew.callForHelp(this.#space.memory, ranges, growth)
    return this.#space.growing(wanted, [...this.#levels.flat(), ...this.#explorer.added], limit, callHelpers)
  }

  /** What a saver may see and do. */
  #view(): SavedRun {
    return {
      model: this.#model,
      space: this.#space,
      explorer: this.#explorer,
      states: () => this.#states,
      distinct: () => this.#distinct(),
      generated: () => this.#generated(),
      seconds: () => this.#seconds(),
      coverage: () => {
        this.#crew?.addCoverage(this.#explorer.coverage)
        return this.#explorer.coverage
      },
      next: () => this.#depot?.next ?? this.#space.reserved + 1,
      records: (from, to) => this.#depot?.saved(from, to) ?? savedLevels(this.#space, this.#levels.slice(from, to)),
      receivers: (mark) => this.#receivers(mark),
      tell: (doing, distinct) => this.#tell(0, 0, distinct, doing),
    }
  }

  /** Ways to take in a checkpoint; the next one is for when there was no room the way before. */
  *#receivers(mark: Mark): Generator<Receiver> {
    if (!this.#folds() && this.#grow(mark.next)) yield this.#intoMemory(mark)
    const folded = this.#folds() ? this.#openFolded() : null
    if (folded !== null) yield this.#intoDepot(folded, mark)
    if (!this.#maySpill()) return
    while (this.#grow(Math.floor(this.#space.capacity) + 1));
    yield this.#intoDepot(
      this.#writing(() => this.#openSpill([])),
      mark,
    )
  }

  #intoMemory(mark: Mark): Receiver {
    return {
      level: (ranges) => this.#levels.push([...ranges]),
      records: (first, piece) => this.#space.log.set(piece, first * this.#space.stride),
      end: () => {
        this.#space.control[CONTROL.nextBlock] = mark.next
        this.#enterAll()
      },
    }
  }

  #intoDepot(depot: Depot, mark: Mark): Receiver {
    depot.next = mark.next
    const dump = () => this.#writing(() => finish(depot.dump()))
    return {
      level: (ranges) => depot.beginLevel(ranges),
      records: (_, piece) => {
        const { stride } = this.#space
        for (let at = 0; at < piece.length; ) {
          const room = Math.floor(this.#space.capacity) - this.#space.reserved
          const some = piece.subarray(at, at + room * stride)
          this.#writing(() => depot.absorb(some))
          at += some.length
          if (some.length === room * stride) dump()
        }
      },
      end: () => {
        dump()
        this.#depot = depot
        this.#states = statesInDepot(this.#explorer, depot)
        if (depot instanceof Spill) this.#tellSpill(mark.distinct)
      },
    }
  }

  /** Does something with files of states before there is a search that could stop. Throws a SpecError when the disk fails. */
  #writing<T>(work: () => T): T {
    try {
      return work()
    } catch (thrown) {
      if (!(thrown instanceof Error) || !('syscall' in thrown)) throw thrown
      throw new SpecError(
        `the states of the checkpoint cannot be moved to ${this.#options.spill!.dir}`,
        thrown.message,
        'name another directory with --spill-dir, or allow more memory with --max-memory',
      )
    }
  }

  #tellSpill(distinct: number): void {
    this.#options.onSpill?.({ dir: this.#options.spill!.dir, distinct, reason: '' })
  }

  /** Opens the checkpoint, and takes up what it holds when the search goes on from it. */
  async #openCheckpoint(options: CheckpointOptions): Promise<void> {
    this.#saver = await Saver.open(this.#view(), options, this.#options.onCheckpoint)
    const mark = await this.#saver.resume()
    if (mark === null) return
    const { maxDepth = Infinity, maxStates = Infinity } = this.#options
    const closed = mark.distinct - this.#states.size(mark.levels)
    if (mark.levels > maxDepth || closed >= maxStates) throw limitPassed(options.dir, mark)
    this.#before = mark
    this.#closed = closed
  }

  #seconds(): number {
    return this.#before.seconds + (performance.now() - this.#began) / 1000
  }

  #distinct(): number {
    return this.#depot?.distinct ?? this.#closed + rangesSize(this.#levels[this.#levels.length - 1] ?? [])
  }

  #tally(): Tally {
    return sumOf([this.#explorer.tally, this.#crew?.tally ?? noTally])
  }

  #bytes(): number {
    return this.#depot === null ? this.#space.bytes : this.#space.memoryBytes + this.#depot.bytes
  }

  #generated(): number {
    return this.#before.generated + this.#tally().generated
  }

  /** What the states found stand for: the sizes of their orbits together. */
  #standFor(distinct: number): number {
    const { symmetry } = this.#explorer
    if (symmetry === null) return distinct
    let sum = 0
    for (let level = 1; level <= this.#states.depth; level++)
      for (const { words, base } of this.#states.each(level)) sum += symmetry.orbitSize(words, base)
    return sum
  }

  #result(complete: boolean): Search {
    const { judge, coverage } = this.#explorer
    if (this.#crew !== null) this.#crew.addCoverage(coverage)
    if (this.#explorer.symmetry !== null) closeCoverage(coverage, this.#model.domain.cells)
    const distinct = this.#distinct()
    const bytes = Math.max(this.#peak, this.#bytes())
    let depth = this.#states.depth
    while (depth > 0 && this.#states.size(depth) === 0) depth--
    return {
      model: this.#model,
      outcome: {
        complete,
        stopped: this.#stopped,
        distinct,
        states: this.#standFor(distinct),
        generated: this.#generated(),
        depth,
        claims: judge.outcomes(complete),
        deadlock: judge.deadlockLevel || null,
        fault: this.#fault === null ? null : { error: this.#fault.error, level: this.#fault.level },
      },
      coverage,
      statistics: {
        seconds: this.#seconds(),
        workers: this.#crew === null ? 1 : this.#workers,
        bytes,
        diskBytes: this.#depot?.diskBytes ?? 0,
        bytesPerState: distinct === 0 ? 0 : bytes / distinct,
        bitsPerState: this.#explorer.teacher.layout.bits,
        ...this.#tally(),
        samples: this.#samples.list,
        loadFactor: (this.#depot === null ? distinct : this.#space.reserved) / this.#space.table.length,
        direct: this.#explorer.direct(),
      },
      space: this.#space,
      explorer: this.#explorer,
      levels: this.#levels,
      states: this.#states,
      fault: this.#fault,
      release: () => this.#depot?.close(),
    }
  }
}

function limitPassed(dir: string, { levels, distinct }: Pick<Mark, 'levels' | 'distinct'>): SpecError {
  return new SpecError(
    `the checkpoint in ${dir} has passed the limit on depth or states already`,
    `it holds ${distinct.toLocaleString('en-US')} states of ${levels} levels, and a search with that limit would have ended before`,
    'raise --max-depth or --max-states, or begin anew in another directory, without --resume',
  )
}

function foldedRefusal(kind: string, name: string): SpecError {
  return new SpecError(
    `the ${kind} claim '${name}' cannot be checked on compressed states`,
    'it is judged on the whole graph, whose states must lie in memory as they are',
    'leave --compress out, or name the other claims with --claim',
  )
}
