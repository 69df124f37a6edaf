/**
 * The search: breadth-first, level by level, so that verdicts, counts and the length of the shortest traces are the same
 * for every number of threads. It runs in stints, between which progress is told and an interrupt is heard. Longer than
 * most files because space, depot and checkpoint take turns in one loop over the levels; what each does is elsewhere (room,
 * depots, resumption, stints).
 */

import { asSpecError } from '../language/draft.ts'
import { SpecError } from '../language/errors.ts'
import { forEachInitial, noInitialState } from '../language/initial.ts'
import type { Model } from '../language/model.ts'
import type { CheckpointOptions } from './checkpoint.ts'
import { type Coverage, closeCoverage } from './coverage.ts'
import { type Crew, hireCrew, identityOf } from './crew.ts'
import type { Depot } from './depot.ts'
import { Depots, foldedRefusal } from './depots.ts'
import { type Epochs, Explorer, type Frontier, lowest, type StateFault } from './explorer.ts'
import { Folded } from './folded.ts'
import { layoutOf, pack } from './layout.ts'
import { memoryLimit } from './memory.ts'
import type { Outcome } from './outcome.ts'
import { limitPassed, type ResumedRun, receivers } from './resumption.ts'
import { Room } from './room.ts'
import { savedLevels } from './saved-levels.ts'
import { type SavedRun, Saver } from './saver.ts'
import type { SearchOptions } from './search-options.ts'
import { CONTROL, type IdRange, rangesSize, Space } from './space.ts'
import { Spill } from './spill.ts'
import { type FoundStates, statesInDepot, statesInMemory } from './states.ts'
import { noTally, Samples, type Statistics, sumOf, type Tally } from './statistics.ts'
import { Stints } from './stints.ts'
import { symmetryOf } from './symmetry.ts'
import { auditSymmetry, InitialStates, wholeGraphRefusal } from './symmetry-audit.ts'

export type { Progress, SearchOptions, SpillEvent } from './search-options.ts'

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

/** States of a level from which on it is worth while to wake the other threads. */
const SHARED_LEVEL = 2 ** 13

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
  readonly #samples = new Samples()
  readonly #stints: Stints
  readonly #depots: Depots
  readonly #room: Room
  #crew: Crew | null = null
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
    this.#room = new Room(this.#explorer, this.#workers, this.#levels, this.#maxMemory)
    this.#depots = new Depots(model, this.#explorer, this.#workers, this.#maxMemory, options)
    this.#stints = new Stints(options.signal, (reason) => this.#depots.tell(this.#distinct(), reason))
  }

  async run(): Promise<Search> {
    const { symmetry } = this.#explorer
    let complete = false
    if (this.#options.checkpoint !== undefined) await this.#openCheckpoint(this.#options.checkpoint)
    try {
      const whole = this.#model.claims.find(({ kind }) => kind === 'temporal' || kind === 'refinement')
      if (symmetry !== null && whole !== undefined) throw wholeGraphRefusal(whole)
      if (this.#depots.folds && whole !== undefined) throw foldedRefusal(whole.kind, whole.name)
      complete = (this.#states.depth > 0 || this.#start()) && (await this.#exploreLevels())
      if (this.#fault === null) this.#explorer.audit()
      if (this.#fault === null && symmetry !== null) auditSymmetry(this.#explorer, symmetry, this.#states)
    } catch (thrown) {
      if (!(thrown instanceof SpecError)) throw thrown
      this.#fault ??= { error: thrown, id: 0, words: null, level: 0 }
    } finally {
      await this.#crew?.dismiss()
    }
    if (this.#stints.stopped !== null && this.#fault === null) await this.#saver?.save(true)
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
        if (this.#stints.stopped !== null) return
        for (let cell = 0; cell < cells.length; cell++) this.#explorer.coverage.note(cell, codes[cell])
        pack(layout, codes, words, 0)
        initials?.note(words)
        if (!this.#explorer.addInitial(words)) this.#makeRoomForInitial()
      })
      while (this.#stints.stopped === null && !this.#explorer.finishInitial()) this.#makeRoomForInitial()
      if (this.#stints.stopped === null) initials?.check()
    } catch (thrown) {
      const error = thrown instanceof SpecError ? thrown : asSpecError(thrown, this.#model.name)
      this.#fault = this.#explorer.fault ?? { error, id: 0, words: null, level: 1 }
      return false
    }
    this.#levels.push(this.#explorer.takeAdded())
    if (this.#stints.stopped !== null) return false
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
      if (level >= maxDepth) this.#stints.stopped = 'depth'
      if (this.#distinct() >= maxStates) this.#stints.stopped = 'states'
      if (this.#stints.over) await this.#breathe(size, level)
      await this.#saver?.endLevel()
      if (this.#stints.stopped !== null) return false
      await this.#exploreLevel(size, level)
      this.#sample(level)
      if (this.#stints.stopped !== null || this.#fault !== null) return false
    }
  }

  async #exploreLevel(size: number, level: number): Promise<void> {
    await this.#hire()
    const generated = this.#generated()
    if (this.#depot === null) {
      const early = this.#depots.maySpill && this.#distinct() >= (this.#options.spill?.from ?? Infinity)
      this.#closed += size
      this.#levels.push([])
      const frontier = { ranges: this.#levels[level - 1], size }
      const fold = this.#depots.folds && this.#distinct() >= this.#depots.foldFrom
      if (!early && !fold && !(await this.#workOn(frontier, level))) return
      await this.#leaveSpace(level, generated)
    }
    if (this.#stints.stopped === null) await this.#exploreDepot(level)
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
    this.#room.crew = this.#crew
    if (this.#options.parallelFrom === 0) await this.#crew.assembled()
  }

  /** Has all threads work on a frontier until it is done. True when the states do not fit into memory any more. */
  async #workOn(frontier: Frontier, level: number): Promise<boolean> {
    const { control } = this.#space
    let outgrown = false
    control[CONTROL.cursor] = 0
    this.#begin(frontier, level)
    for (;;) {
      const stint = this.#explorer.work(frontier, level, this.#stints.end)
      this.#takeAdded(this.#explorer)
      if (stint === 'slice') {
        await this.#breathe(frontier.size - control[CONTROL.cursor], level)
        if (this.#stints.stopped !== null) break
        continue
      }
      // Nothing moves while others work: wait until every thread has finished or paused.
      const crewDone = (await this.#crew?.settled()) ?? true
      this.#takeAdded(this.#crew)
      this.#fault = lowest(this.#explorer.fault, this.#crew?.fault ?? null)
      if (this.#fault?.level === level || (stint === 'done' && crewDone)) break
      await this.#breathe(frontier.size - control[CONTROL.cursor], level)
      if (this.#stints.stopped === null && this.#depot !== null) await this.#flush(level)
      else if (this.#stints.stopped === null) outgrown = !(await this.#makeRoomInTurns(level))
      if (outgrown && !this.#depots.maySpill) this.#stints.stopped = 'memory'
      if (outgrown || this.#stints.stopped !== null) break
      this.#begin(frontier, level)
    }
    if (this.#stints.stopped !== null) {
      Atomics.store(control, CONTROL.pause, 1)
      await this.#crew?.settled()
      this.#takeAdded(this.#crew)
    }
    this.#crew?.report(this.#explorer)
    return outgrown && this.#stints.stopped === null
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
    let depot = this.#depots.folds ? await this.#moved(() => this.#depots.openFolded()) : null
    if (
      depot === null &&
      this.#depots.maySpill &&
      (this.#stints.stopped === null || this.#stints.stopped === 'memory')
    ) {
      this.#stints.stopped = null
      depot = await this.#moved(() => this.#depots.openSpill(this.#levels.flat()))
    }
    this.#before = { ...this.#before, generated: this.#before.generated + generated - this.#generated() }
    this.#epochs.search++
    if (depot === null) {
      control[CONTROL.nextBlock] = next
      this.#enterAll()
      return
    }
    this.#adopt(depot)
    this.#levels.length = 0
    if (depot instanceof Spill) this.#depots.tell(depot.distinct)
  }

  /** From now on states are kept there. */
  #adopt(depot: Depot): void {
    this.#depot = depot
    this.#states = statesInDepot(this.#explorer, depot)
  }

  /** Fills the table with the states of all levels, which lie in the log. */
  #enterAll(): void {
    this.#space.table.fill(0)
    for (const range of this.#levels.flat()) this.#space.enter(range)
  }

  /** Moves all levels to a depot. Null where there is none, or something came in between: they are still in the log. */
  async #moved(open: () => Depot | null): Promise<Depot | null> {
    let depot = null as Depot | null
    await this.#stints.guarded(async () => {
      depot = open()
      if (depot === null) return
      for (const ranges of this.#levels) await this.#all(depot.addLevel(ranges), 'moving states')
      this.#peak = Math.max(this.#peak, this.#space.bytes + depot.bytes)
      await this.#all(depot.dump(), 'moving states')
    })
    if (this.#stints.stopped === null) return depot
    depot?.close()
    return null
  }

  /** Expands a level of the depot, piece by piece. */
  async #exploreDepot(level: number): Promise<void> {
    const size = this.#states.size(level)
    this.#depot!.beginLevel()
    for (let [from, count] = [0, 0]; from < size && this.#stints.stopped === null; from += count) {
      await this.#stints.guarded(async () => {
        count = this.#depot!.load(level, from)
      })
      if (this.#stints.stopped !== null) return
      this.#epochs.frontier++
      await this.#workOn({ ranges: [{ from: 1, to: count + 1 }], size: count }, level)
      if (this.#fault?.level === level) return
      if (this.#stints.stopped === null && this.#depot!.due) await this.#flush(level)
    }
    if (this.#stints.stopped === null) await this.#flush(level)
    if (this.#stints.stopped === null) this.#depot!.endLevel()
  }

  /** Sorts out what is new among the states in memory, and empties it. */
  async #flush(level: number): Promise<void> {
    const found = this.#found
    this.#found = []
    const flush = () => this.#all(this.#depot!.flush(found), 'comparing with what is known', level)
    await this.#stints.guarded(flush)
    if (this.#stints.stopped === 'memory' && this.#depot instanceof Folded && this.#depots.maySpill) {
      this.#stints.stopped = null
      await this.#stints.guarded(() => this.#foldedToDisk(this.#depot!, found))
      if (this.#stints.stopped === null) await this.#stints.guarded(flush)
    }
    this.#epochs.flush++
  }

  /** Moves folded states to disk, when they too have become too many. */
  async #foldedToDisk(folded: Depot, found: readonly IdRange[]): Promise<void> {
    this.#peak = Math.max(this.#peak, this.#bytes())
    const spill = this.#depots.spillBehind(folded, found)
    await this.#all(spill.takeOver(folded), 'moving states to disk')
    if (this.#stints.stopped !== null) return spill.close()
    this.#adopt(spill)
    this.#depots.tell(spill.distinct)
  }

  #breathe(frontier: number, level: number): Promise<void> {
    return this.#stints.breathe(() => this.#tell(level, Math.max(0, frontier), this.#distinct()))
  }

  /** Goes through with something else than searching. */
  #all(steps: Iterable<void>, doing: string, level = 0): Promise<void> {
    return this.#stints.all(steps, () => this.#tell(level, 0, this.#distinct(), doing))
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

  async #makeRoomInTurns(level: number): Promise<boolean> {
    // Where states will be folded, there must be room for them beside those that are not.
    const limit = this.#depots.folds ? this.#maxMemory / 2 : this.#maxMemory
    return this.#room.makeInTurns(limit, () => (this.#stints.over ? this.#breathe(0, level) : undefined))
  }

  /** What goes to disk are levels: the first one is found in memory, whatever it takes. */
  #makeRoomForInitial(): void {
    if (this.#room.make()) return
    if (!this.#depots.maySpill || !this.#room.make(Infinity)) this.#stints.stopped = 'memory'
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
      receivers: (mark) => receivers(this.#resumed(), mark),
      tell: (doing, distinct) => this.#tell(0, 0, distinct, doing),
    }
  }

  /** What may be done with a search that goes on from a checkpoint. */
  #resumed(): ResumedRun {
    return {
      space: this.#space,
      levels: this.#levels,
      depots: this.#depots,
      grow: (wanted) => this.#room.growTo(wanted),
      enterAll: () => this.#enterAll(),
      adopt: (depot) => this.#adopt(depot),
    }
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
        stopped: this.#stints.stopped,
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
