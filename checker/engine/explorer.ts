/**
 * One thread's share of a search: expands states through the tables, and has the states and steps that it finds judged.
 * Longer than most files because it is one loop, from frontier to insertion, whose parts share their buffers; what lies
 * beside that loop is elsewhere (inspector, learning, teacher, space).
 */
import { asSpecError } from '../language/draft.ts'
import { SpecError } from '../language/errors.ts'
import type { Model } from '../language/model.ts'
import { boundClaims } from '../language/predicate.ts'
import { type Coverage, coverageOf } from './coverage.ts'
import { type Insert, makeInsert, type Numbers } from './insert.ts'
import { Inspector } from './inspector.ts'
import { Interpreter } from './interpreter.ts'
import { isOpen, type Judge, judgeFor } from './judge.ts'
import { BATCH, CHUNK, Kernel, mostRecords } from './kernel.ts'
import { layoutOf } from './layout.ts'
import { type Learning, newLearning } from './learning.ts'
import { recordWords } from './record-code.ts'
import { type ActionRule, actionRules, LARGEST_TABLE, Teacher } from './rules.ts'
import { CONTROL, hashWords, type IdRange, type Space } from './space.ts'
import { BLOCK } from './space-memory.ts'
import type { Tally } from './statistics.ts'
import type { Symmetry } from './symmetry.ts'

/** The states of one level, addressed by position. */
export interface Frontier {
  readonly ranges: readonly IdRange[]
  readonly size: number
}

/** How a stint of work ended: the level is done, memory must grow, time is up, or the spec is at fault. */
export type Stint = 'done' | 'full' | 'slice' | 'fault'

export interface StateFault {
  readonly error: SpecError
  /** the state that was being worked on */
  readonly id: number
  /** the words of that state; null for none */
  readonly words: Int32Array | null
  readonly level: number
}

/** The fault at the lower level: the one with the shorter way to it. */
export function lowest(a: StateFault | null, b: StateFault | null): StateFault | null {
  return a === null || (b !== null && b.level < a.level) ? b : a
}

/** What has been replaced under the threads, each counted: the frontier, the states behind it, or all there is. */
export interface Epochs {
  frontier: number
  flush: number
  search: number
}

/** States that several threads take of a level at a time: many, for neighbours have successors in common; few in the end. */
const [LARGEST_SHARE, SHARES] = [64 * CHUNK, 4]
/** States expanded by the interpreter before the kernel is made: small models never get further. */
const KERNEL_AFTER = 2_000
/** The place of a cell in a pair of states must fit the 16 bits that a branch of a program has for it, in bytes. */
const MOST_KERNEL_WORDS = 2 ** 13
/** The kernel's programs are written anew when this many states are expanded, and then this many times as many. */
const [REWRITE_AT, REWRITE_FACTOR] = [10_000, 16]

export class Explorer {
  readonly model: Model
  readonly space: Space
  readonly coverage: Coverage
  readonly judge: Judge
  /** keeps one state of each orbit; null where every state is kept */
  readonly symmetry: Symmetry | null
  readonly actions: ActionRule[]
  readonly inspector: Inspector
  readonly teacher: Teacher
  generated = 0
  rejected = 0
  lookups = 0
  /** ranges of the states that this thread found since the list was last taken */
  added: IdRange[] = []
  fault: StateFault | null = null
  expanded = 0
  /** times that the kernel had to ask about a state, a step or an action */
  questions = 0
  /** times that the kernel's programs were written */
  programs = 0
  kernel: Kernel | null = null
  readonly #threads: number
  readonly #kernelAfter: number
  readonly #learning: Learning = newLearning()
  readonly #insert: Insert
  readonly #interpreter: Interpreter
  readonly #numbers: Numbers = { next: 0, end: 0 }
  /** words of a record of successors */
  readonly #record: number
  /** successors that the interpreter found */
  #out: Int32Array
  #n = 0
  /** successors of a state that is looked at when the search is over */
  #steps: Int32Array
  #level = 1
  #at = 0
  #chunkEnd = 0
  /** the end of this thread's share of the frontier */
  #shareEnd = 0
  /** the range of the frontier that work is at, and how many states lie before it */
  #range = { at: 0, skipped: 0 }
  /** states expanded when the programs are next written anew */
  #rewriteAt = REWRITE_AT
  #openClaims = 0
  /** the shape of derived quantities when the programs were last written */
  #quantities = 0
  #epochs: Epochs = { frontier: 0, flush: 0, search: 0 }

  constructor(
    model: Model,
    space: Space,
    threads: number,
    kernelAfter = KERNEL_AFTER,
    symmetry: Symmetry | null = null,
  ) {
    const layout = layoutOf(model.domain.cells)
    this.model = model
    this.space = space
    this.#threads = threads
    this.#kernelAfter = kernelAfter
    this.symmetry = symmetry
    this.judge = judgeFor(model.claims, model.deadlock !== 'off')
    const claimed = claimCount(model)
    this.coverage = coverageOf(model, claimed)
    this.teacher = new Teacher(model, layout, this.coverage)
    this.inspector = new Inspector(model, layout.words, this.teacher, this.#learning, this.judge, this.coverage)
    this.actions = actionRules(model.instances)
    this.#interpreter = new Interpreter(this.actions, this.teacher, this.#learning, layout.words)
    this.#insert = makeInsert(layout.words, threads > 1)
    this.#record = recordWords(layout.words)
    this.#out = new Int32Array(2 * BATCH * this.#record)
    this.#steps = new Int32Array(4 * this.#record)
  }

  /** Calls of the spec's own functions that taught a table something. */
  get learned(): number {
    return this.#learning.learned
  }

  get tally(): Tally {
    const { generated, rejected, lookups, learned, questions, programs } = this
    return { generated, rejected, lookups, learned, questions, programs }
  }

  /** How many numbers this thread, or another one, may use up between two looks at the capacity. */
  get room(): number {
    const alone = this.kernel === null && this.#threads === 1
    return alone ? BLOCK + BATCH : this.mostRoom
  }

  /** The same at any time. */
  get mostRoom(): number {
    return BLOCK + mostRecords(this.actions.length)
  }

  /** Gathers an initial state, given packed. False when memory must grow before the next one. */
  addInitial(words: Readonly<Int32Array>): boolean {
    this.#out.set(words, this.#n)
    this.#out[this.#n + this.space.words] = 0
    this.#n += this.#record
    return this.#n < BATCH * this.#record || this.finishInitial()
  }

  /** Inserts the gathered initial states and judges them at level 1. False when memory must grow first. */
  finishInitial(): boolean {
    this.#level = 0
    return this.#flush()
  }

  /** Forgets what another frontier, emptied memory or a search begun again make void. To be called before each stint. */
  align({ frontier, flush, search }: Epochs): void {
    const known = this.#epochs
    if (search !== known.search) {
      this.#n = 0
      this.added = []
      this.kernel?.forget()
    }
    if (frontier !== known.frontier || search !== known.search) {
      this.#range = { at: 0, skipped: 0 }
      this.#at = this.#chunkEnd = this.#shareEnd
    }
    if (flush !== known.flush || search !== known.search) this.#numbers.next = this.#numbers.end = 0
    this.#epochs = { frontier, flush, search }
  }

  /**
   * Works on a level until it is done, `deadline` (of `performance.now`) passes, or something must be seen to. A fault of
   * a state of this level ends it at once. One that shows only in a successor is a state further away: the level is
   * finished without looking at successors, so that the fault reported does not depend on the order of work.
   */
  work(frontier: Frontier, level: number, deadline: number): Stint {
    if (level !== this.#level) this.#range = { at: 0, skipped: 0 }
    this.#level = level
    for (;;) {
      try {
        return this.#workOnChunks(frontier, deadline)
      } catch (thrown) {
        if (this.fault === null) throw thrown
        if (this.fault.level > level) continue
        Atomics.store(this.space.control, CONTROL.pause, 1)
        return 'fault'
      }
    }
  }

  #workOnChunks(frontier: Frontier, deadline: number): Stint {
    if (!this.#flush()) return 'full'
    for (;;) {
      if (this.#at >= this.#chunkEnd) {
        if (Atomics.load(this.space.control, CONTROL.pause) !== 0) return 'full'
        if (performance.now() > deadline) return 'slice'
        if (this.#at >= this.#shareEnd && !this.#takeShare(frontier)) return this.#flush() ? 'done' : 'full'
        this.#chunkEnd = Math.min(this.#at + CHUNK, this.#shareEnd)
        this.#keepKernelFresh()
      }
      if (!this.#workOn(frontier)) return 'full'
    }
  }

  /** Takes the next share of the frontier; false when nothing is left of it. */
  #takeShare({ size }: Frontier): boolean {
    const { control } = this.space
    for (;;) {
      const from = Atomics.load(control, CONTROL.cursor)
      if (from >= size) return false
      const fair = (size - from) / (this.#threads * SHARES)
      const share = CHUNK * Math.ceil(Math.min(fair, LARGEST_SHARE) / CHUNK)
      if (Atomics.compareExchange(control, CONTROL.cursor, from, from + share) !== from) continue
      this.#at = from
      this.#shareEnd = Math.min(from + share, size)
      return true
    }
  }

  /** Expands the rest of the chunk; false when memory must grow first. */
  #workOn(frontier: Frontier): boolean {
    while (this.#at < this.#chunkEnd) {
      const { from, to } = this.#locate(frontier, this.#at)
      const count = Math.min(to - from, this.#chunkEnd - this.#at)
      this.#at += this.#expand(from, count)
      if ((this.kernel?.full || this.#n >= BATCH * this.#record) && !this.#flush()) return false
    }
    return true
  }

  /** The id at a position of the frontier, and the end of its range. Positions only grow while a level lasts. */
  #locate({ ranges }: Frontier, position: number): IdRange {
    const range = this.#range
    let { from, to } = ranges[range.at]
    while (position >= range.skipped + to - from) {
      range.skipped += to - from
      range.at++
      ;({ from, to } = ranges[range.at])
    }
    return { from: from + position - range.skipped, to }
  }

  /** Gathers the successors of states that are numbered from `id`; returns how many states it got through. */
  #expand(id: number, count: number): number {
    const { kernel } = this
    const ended: number[] = []
    const done = kernel === null ? this.#interpret(id, count, ended) : this.#expandByKernel(kernel, id, count, ended)
    this.expanded += done
    if (isOpen(this.judge.deadlockLevel, this.#level)) for (const each of ended) this.#judgeEnd(each)
    return done
  }

  #interpret(id: number, count: number, ended: number[]): number {
    const { log, stride } = this.space
    let done = 0
    while (done < count && this.#n < BATCH * this.#record) {
      const start = this.#n
      const state = id + done++
      for (let rule = 0; rule < this.actions.length; rule++) this.#append(rule, log, state * stride, state)
      if (this.#n === start) ended.push(state)
    }
    return done
  }

  #expandByKernel(kernel: Kernel, id: number, count: number, ended: number[]): number {
    const { words } = this.space
    const moved = new Set<number>()
    return kernel.expand(
      this.space.log,
      id,
      count,
      (rule, base) => {
        this.questions++
        const state = kernel.ints[base + words]
        const start = this.#n
        this.#append(rule, kernel.ints, base, state)
        if (this.#n > start) moved.add(state)
      },
      (base) => {
        const state = kernel.ints[base + words]
        if (!moved.has(state)) ended.push(state)
      },
    )
  }

  /**
   * Calls `visit` with every successor of the states numbered from `id`, state by state, whether the constraint allows it or
   * not, and the instance that leads to it; instances come in any order. For graphs of a finished search.
   */
  forEachSuccessor(
    id: number,
    count: number,
    visit: (state: number, instance: number, out: Int32Array, at: number) => void,
  ): void {
    const { log, stride, words } = this.space
    const rules: number[] = []
    const append = (rule: number, from: Int32Array, base: number, state: number) => {
      this.questions++
      this.#append(rule, from, base, state)
      while (rules.length < this.#n / this.#record) rules.push(rule)
    }
    for (let first = id; first < id + count; ) {
      const many = Math.min(CHUNK, id + count - first)
      const { kernel } = this
      const done =
        kernel?.expand(
          log,
          first,
          many,
          (rule, base) => append(rule, kernel.ints, base, kernel.ints[base + words]),
          () => {},
        ) ?? 1
      if (kernel === null) this.actions.forEach((_, rule) => append(rule, log, first * stride, first))
      const found = kernel?.records ?? this.#out
      const foundEnd = (kernel?.count ?? 0) * this.#record
      for (let [state, at, asked] = [first, 0, 0]; state < first + done; state++) {
        for (; at < foundEnd && found[at + words] === state; at += this.#record)
          visit(state, found[at + words + 1], found, at)
        for (; asked < this.#n && this.#out[asked + words] === state; asked += this.#record)
          visit(state, rules[asked / this.#record], this.#out, asked)
      }
      if (kernel !== null) kernel.count = 0
      this.#n = 0
      rules.length = 0
      first += done
    }
  }

  /** Appends the successors of a state by one rule, as its tree or its function has it. */
  #append(rule: number, words: Int32Array, base: number, id: number): void {
    const start = this.#n
    try {
      let n = this.#interpreter.walk(rule, words, base, id, this.#out, start, this.expanded)
      // A typed array ignores what is written behind its end: enlarge it and do this again.
      while (n > this.#out.length) {
        const larger = new Int32Array(2 * n)
        larger.set(this.#out.subarray(0, start))
        this.#out = larger
        n = this.#interpreter.walk(rule, words, base, id, larger, start, this.expanded)
      }
      this.#n = n
    } catch (thrown) {
      throw this.#faultAt(thrown, id, this.#level)
    }
  }

  #judgeEnd(id: number): void {
    try {
      if (!this.inspector.mayEnd(this.space.log, id * this.space.stride)) this.judge.deadlockLevel = this.#level
    } catch (thrown) {
      throw this.#faultAt(thrown, id, this.#level)
    }
  }

  /** Inserts the gathered successors and judges what is new; false when memory must grow before the rest of them. */
  #flush(): boolean {
    const { kernel } = this
    if (this.fault !== null) {
      this.#n = 0
      if (kernel !== null) kernel.count = 0
    }
    while (this.#n > 0 || (kernel?.count ?? 0) > 0) {
      if (this.space.reserved + this.room * this.#threads > this.space.capacity) {
        Atomics.store(this.space.control, CONTROL.pause, 1)
        return false
      }
      if (kernel !== null && kernel.count > 0) {
        this.#enterByKernel(kernel)
        continue
      }
      const from = Math.max(0, this.#n - BATCH * this.#record)
      const portion = from === 0 ? this.#out : this.#out.subarray(from, this.#n)
      const size = this.#n - from
      this.#n = from
      this.#enter(portion, size)
    }
    return true
  }

  #enterByKernel(kernel: Kernel): void {
    const { log, words } = this.space
    this.generated += kernel.count
    this.inspector.level = this.#level
    if (this.inspector.constrains) this.#rejectByKernel(kernel)
    if (this.inspector.stepPredicates.length > 0) {
      this.inspector.steps += kernel.count
      kernel.judgeSteps(log, (rule, base, parent) => {
        this.#blaming(parent, () => this.inspector.judgeStep(rule, kernel.ints, base))
      })
    }
    kernel.sift()
    const size = kernel.count * this.#record
    kernel.count = 0
    if (this.symmetry !== null) {
      this.symmetry.canonicalise(kernel.records, size, this.#record)
      this.#hash(kernel.records, size)
    }
    const fresh = this.#insertInto(kernel.records, size) / this.#record
    this.inspector.states += fresh
    kernel.judgeStates(fresh, (rule, base) => {
      this.#blaming(kernel.ints[base + words], () => this.inspector.judgeState(rule, kernel.ints, base))
    })
  }

  #rejectByKernel(kernel: Kernel): void {
    const { words } = this.space
    const rejected: number[] = []
    kernel.judgeSuccessors((_, base) => {
      this.#blaming(kernel.ints[base + words], () => {
        if (!this.inspector.allows(kernel.ints, base, this.generated)) rejected.push(base)
      })
    })
    this.rejected += rejected.length
    kernel.remove(rejected)
  }

  /** Judges something about a successor; a fault is one of the state with the number. */
  #blaming(id: number, judge: () => void): void {
    this.questions++
    try {
      judge()
    } catch (thrown) {
      throw this.#faultAt(thrown, id, this.#level + 1)
    }
  }

  #enter(out: Int32Array, size: number): void {
    this.generated += size / this.#record
    this.inspector.level = this.#level
    const kept = this.inspector.constrains ? this.#rejectOutside(out, size) : size
    if (this.inspector.stepPredicates.length > 0) this.#judgeSteps(out, kept)
    this.symmetry?.canonicalise(out, kept, this.#record)
    this.#hash(out, kept)
    this.#judgeStates(out, this.#insertInto(out, kept))
  }

  /** Writes the hash of each record behind the number of its parent. */
  #hash(out: Int32Array, n: number): void {
    const { words } = this.space
    for (let at = 0; at < n; at += this.#record) out[at + words + 1] = hashWords(out, at, words)
  }

  /** Inserts records and books what is new; returns the end of the new ones. */
  #insertInto(out: Int32Array, n: number): number {
    this.lookups += n / this.#record
    return this.#insert(out, n, this.space, this.#numbers, (from, to) => {
      const last = this.added[this.added.length - 1]
      if (last !== undefined && last.to === from) this.added[this.added.length - 1] = { from: last.from, to }
      else this.added.push({ from, to })
    })
  }

  #judgeStates(out: Int32Array, n: number): void {
    if (this.inspector.statePredicates.length === 0) return
    this.inspector.states += n / this.#record
    for (let at = 0; at < n; at += this.#record) {
      try {
        this.inspector.checkState(out, at)
      } catch (thrown) {
        throw this.#faultAt(thrown, out[at + this.space.words], this.#level + 1)
      }
    }
  }

  #judgeSteps(out: Int32Array, n: number): void {
    const { log, stride, words } = this.space
    this.inspector.steps += n / this.#record
    for (let at = 0; at < n; at += this.#record) {
      const parent = out[at + words]
      if (parent === 0) continue
      try {
        this.inspector.checkStep(log, parent * stride, out, at)
      } catch (thrown) {
        throw this.#faultAt(thrown, parent, this.#level + 1)
      }
    }
  }

  /** Moves the successors that the constraint allows to the front; returns their end. */
  #rejectOutside(out: Int32Array, n: number): number {
    const { words } = this.space
    let kept = 0
    for (let at = 0; at < n; at += this.#record) {
      try {
        if (!this.inspector.allows(out, at, this.generated)) continue
      } catch (thrown) {
        throw this.#faultAt(thrown, out[at + words], this.#level + 1)
      }
      if (kept !== at) out.copyWithin(kept, at, at + this.#record)
      kept += this.#record
    }
    this.rejected += (n - kept) / this.#record
    return kept
  }

  #faultAt(thrown: unknown, id: number, level: number): SpecError {
    const error = thrown instanceof SpecError ? thrown : asSpecError(thrown, this.model.name)
    if (this.fault === null || level < this.fault.level) {
      const { log, stride, words } = this.space
      this.fault = { error, id, words: id === 0 ? null : log.slice(id * stride, id * stride + words), level }
    }
    return error
  }

  /**
   * Makes the kernel when the interpreter has been at it for a while. Its programs learn as they go; they are written anew
   * when claims were decided or ask for something new, and a few times when the tables have become another shape.
   */
  #keepKernelFresh(): void {
    const open = this.judge.levels.reduce((sum, level) => sum + (isOpen(level, this.#level + 1) ? 1 : 0), 0)
    if (this.kernel === null) {
      if (this.expanded < this.#kernelAfter || this.space.words > MOST_KERNEL_WORDS) return
      const { statePredicates, stepPredicates } = this.inspector
      const claims = Math.max(statePredicates.length, stepPredicates.length)
      this.kernel = new Kernel(this.space.words, this.actions.length, claims)
    } else if (
      this.expanded < this.#rewriteAt &&
      open === this.#openClaims &&
      this.teacher.quantities.shape === this.#quantities
    )
      return
    while (this.expanded >= this.#rewriteAt) this.#rewriteAt *= REWRITE_FACTOR
    this.#openClaims = open
    this.#quantities = this.teacher.quantities.shape
    this.programs++
    this.inspector.level = this.#level
    const { inspector } = this
    this.kernel.write(
      this.actions,
      inspector.openOnStates(),
      this.teacher.quantities,
      inspector.openOnSteps(),
      inspector.constraintOnSuccessors(),
    )
  }

  /** Every successor of a state with the instance that leads to it; for traces and graphs, not for the search. */
  successors(id: number, visit: (instance: number, out: Int32Array, at: number) => void): void {
    this.successorsOf(this.space.log, id * this.space.stride, visit)
  }

  /**
   * The same for the state packed at `base`, which need not be one that was found. Where the spec is known to be at fault,
   * what throws an exception leads nowhere.
   */
  successorsOf(
    words: Int32Array,
    base: number,
    visit: (instance: number, out: Int32Array, at: number) => void,
    faulty = false,
  ): void {
    for (let rule = 0; rule < this.actions.length; rule++) {
      const n = this.#allowedInto(rule, words, base, faulty)
      if (n === 0) continue
      const out = this.#steps.slice(0, n)
      for (let at = 0; at < n; at += this.#record) visit(rule, out, at)
    }
  }

  /** The number of the state packed at `at`, or of the one that stands for it; 0 when there is none. */
  idOf(out: Int32Array, at: number): number {
    return this.symmetry === null ? this.space.find(out, at) : this.space.find(this.symmetry.canonical(out, at), 0)
  }

  /** Tells whether the state packed at `base` has no successor, and the model does not let it end. */
  deadlocked(words: Int32Array, base: number): boolean {
    const out = new Int32Array(this.#record)
    return (
      !this.inspector.mayEnd(words, base) &&
      this.actions.every((_, rule) => this.#interpreter.walk(rule, words, base, 0, out, 0, this.expanded) === 0)
    )
  }

  /** The actions and claims whose tables have stopped learning. */
  direct(): string[] {
    const full = this.actions.filter(({ table }) => table.leaves >= LARGEST_TABLE)
    return [...full.map(({ instance }) => instance.label), ...this.inspector.direct()]
  }

  /** Ranges found since the last call. */
  takeAdded(): IdRange[] {
    const { added } = this
    this.added = []
    return added
  }

  /** Every successor by one instance of the state packed in `words`, whether the constraint allows it or not. */
  stepsOf(instance: number, words: Int32Array, visit: (out: Int32Array, at: number) => void): void {
    const n = this.#stepsInto(instance, words, 0)
    const out = this.#steps.slice(0, n)
    for (let at = 0; at < out.length; at += this.#record) visit(out, at)
  }

  /** Puts the successors by one instance into the buffer for them; returns their end. */
  #stepsInto(instance: number, words: Int32Array, base: number): number {
    const n = this.#interpreter.walk(instance, words, base, 0, this.#steps, 0, this.expanded)
    if (n <= this.#steps.length) return n
    this.#steps = new Int32Array(2 * n)
    return this.#interpreter.walk(instance, words, base, 0, this.#steps, 0, this.expanded)
  }

  /** The same for those that the constraint allows. */
  #allowedInto(instance: number, words: Int32Array, base: number, faulty: boolean): number {
    try {
      const n = this.#stepsInto(instance, words, base)
      let kept = 0
      for (let at = 0; at < n; at += this.#record) {
        if (!this.inspector.allows(this.#steps, at)) continue
        if (kept !== at) this.#steps.copyWithin(kept, at, at + this.#record)
        kept += this.#record
      }
      return kept
    } catch (thrown) {
      if (faulty) return 0
      throw thrown
    }
  }

  /** Runs a sample of everything that was learned again; throws a SpecError for a function that does not repeat itself. */
  audit(): void {
    this.teacher.auditActions(this.actions)
    this.inspector.audit()
  }
}

/** How many claims with all parameters bound are judged on states and steps. */
function claimCount(model: Model): number {
  return (['invariant', 'reachable', 'step'] as const).reduce((sum, kind) => sum + boundClaims(model, kind).length, 0)
}
