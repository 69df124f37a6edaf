/**
 * One thread's share of a search: expands states through the tables, and has the states and steps that it finds judged.
 * Longer than most files because it is one loop, from frontier to insertion, whose parts share their buffers; what lies
 * beside that loop is elsewhere (inspector, learning, teacher, space).
 */
import { asSpecError } from '../language/draft.ts'
import { SpecError } from '../language/errors.ts'
import type { Model } from '../language/model.ts'
import { boundClaims } from '../language/predicate.ts'
import { compileExpand, type Expand } from './compile.ts'
import { type Coverage, coverageOf } from './coverage.ts'
import { type Insert, makeInsert, type Numbers } from './insert.ts'
import { Inspector } from './inspector.ts'
import { isOpen, type Judge, judgeFor } from './judge.ts'
import { layoutOf } from './layout.ts'
import { type Learning, newLearning } from './learning.ts'
import { type ActionRule, actionRules, type Effect, LARGEST_TABLE, Teacher } from './rules.ts'
import { BLOCK, CONTROL, type IdRange, type Space } from './space.ts'
import type { Symmetry } from './symmetry.ts'
import type { TreeNode } from './table.ts'

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

/** States taken from the frontier at a time. */
const CHUNK = 256
/** Successors gathered before they are inserted together. */
const BATCH = 512
/** Successors inserted between two looks at the capacity; a state may have many more. */
const PORTION = 2 * BATCH
/** Numbers that a thread may use up between two looks at the capacity. */
export const ROOM = PORTION + BLOCK
/**
 * States expanded by the interpreter before anything is compiled: small models never are. Twice as many fallbacks from
 * generated code, doubled with each generation, justify generating it again.
 */
const COMPILE_AFTER = 2_000

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
  /** ranges of the states that this thread found since the list was last taken */
  added: IdRange[] = []
  fault: StateFault | null = null
  expanded = 0
  compilations = 0
  readonly #threads: number
  readonly #compileAfter: number
  readonly #learning: Learning = newLearning()
  readonly #insert: Insert
  readonly #numbers: Numbers = { next: 0, end: 0 }
  #out: Int32Array
  #n = 0
  #expand: readonly Expand[]
  #level = 1
  #at = 0
  #chunkEnd = 0
  /** the range of the frontier that work is at, and how many states lie before it */
  #range = { at: 0, skipped: 0 }
  #staleAt = 0
  /** times that generated code had to ask the tables of the actions */
  #missed = 0

  constructor(
    model: Model,
    space: Space,
    threads: number,
    compileAfter = COMPILE_AFTER,
    symmetry: Symmetry | null = null,
  ) {
    const layout = layoutOf(model.domain.cells)
    this.model = model
    this.space = space
    this.#threads = threads
    this.#compileAfter = compileAfter
    this.symmetry = symmetry
    this.judge = judgeFor(model.claims, model.deadlock !== 'off')
    const claimed = claimCount(model)
    this.coverage = coverageOf(model, claimed)
    this.teacher = new Teacher(model, layout, this.coverage)
    this.inspector = new Inspector(model, layout.words, this.teacher, this.#learning, this.judge, this.coverage)
    this.actions = actionRules(model.instances)
    this.#insert = makeInsert(layout.words, threads > 1)
    this.#out = new Int32Array(4 * BATCH * space.stride)
    this.#expand = model.instances.map(
      (_, rule): Expand =>
        (words, base, id, out, n) =>
          this.#walk(rule, words, base, id, out, n),
    )
  }

  /** Calls of the spec's own functions that taught a table something. */
  get learned(): number {
    return this.#learning.learned
  }

  /** Times that generated code had to ask the tables. */
  get fallbacks(): number {
    return this.#missed + this.inspector.fallbacks
  }

  /** Gathers an initial state, given packed. False when memory must grow before the next one. */
  addInitial(words: Readonly<Int32Array>): boolean {
    this.#out.set(words, this.#n)
    this.#out[this.#n + this.space.words] = 0
    this.#n += this.space.stride
    return this.#n < BATCH * this.space.stride || this.finishInitial()
  }

  /** Inserts the gathered initial states and judges them at level 1. False when memory must grow first. */
  finishInitial(): boolean {
    this.#level = 0
    return this.#flush()
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
        this.#at = Atomics.add(this.space.control, CONTROL.cursor, CHUNK)
        this.#chunkEnd = Math.min(this.#at + CHUNK, frontier.size)
        if (this.#at >= frontier.size) return this.#flush() ? 'done' : 'full'
        this.#compileWhenStale()
      }
      if (!this.#workOn(frontier)) return 'full'
    }
  }

  /** Expands the rest of the chunk; false when memory must grow first. */
  #workOn(frontier: Frontier): boolean {
    let { from, to } = this.#locate(frontier, this.#at)
    while (this.#at < this.#chunkEnd) {
      if (from === to) ({ from, to } = this.#locate(frontier, this.#at))
      this.#expandState(from++)
      this.#at++
      if (this.#n >= BATCH * this.space.stride && !this.#flush()) return false
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

  #expandState(id: number): void {
    const { log, stride } = this.space
    const start = this.#n
    let n: number
    for (;;) {
      n = start
      const out = this.#out
      try {
        for (const expand of this.#expand) n = expand(log, id * stride, id, out, n)
      } catch (thrown) {
        throw this.#faultAt(thrown, id, this.#level)
      }
      // A typed array ignores what is written behind its end: enlarge it and do this state again.
      if (n <= out.length) break
      this.#out = new Int32Array(2 * n)
      this.#out.set(out.subarray(0, start))
    }
    this.#n = n
    this.expanded++
    if (n === start && isOpen(this.judge.deadlockLevel, this.#level)) this.#judgeEnd(id)
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
    const { space } = this
    if (this.fault !== null) this.#n = 0
    while (this.#n > 0) {
      if (space.reserved + ROOM * this.#threads > space.capacity) {
        Atomics.store(space.control, CONTROL.pause, 1)
        return false
      }
      const from = Math.max(0, this.#n - PORTION * space.stride)
      const portion = from === 0 ? this.#out : this.#out.subarray(from, this.#n)
      const size = this.#n - from
      this.#n = from
      this.#enter(portion, size)
    }
    return true
  }

  #enter(out: Int32Array, size: number): void {
    this.generated += size / this.space.stride
    const kept = this.inspector.constrains ? this.#rejectOutside(out, size) : size
    if (this.inspector.stepPredicates.length > 0) this.#judgeSteps(out, kept)
    this.symmetry?.canonicalise(out, kept, this.space.stride)
    const fresh: IdRange[] = []
    this.#insert(out, kept, this.space, this.#numbers, (from, to) => fresh.push({ from, to }))
    for (const range of fresh) {
      const last = this.added[this.added.length - 1]
      if (last !== undefined && last.to === range.from)
        this.added[this.added.length - 1] = { from: last.from, to: range.to }
      else this.added.push(range)
    }
    for (const range of fresh) this.#judgeStates(range)
  }

  #judgeStates({ from, to }: IdRange): void {
    if (this.inspector.statePredicates.length === 0) return
    this.inspector.level = this.#level
    const { log, stride } = this.space
    this.inspector.states += to - from
    for (let id = from; id < to; id++) {
      try {
        this.inspector.checkState(log, id * stride, id)
      } catch (thrown) {
        throw this.#faultAt(thrown, id, this.#level + 1)
      }
    }
  }

  #judgeSteps(out: Int32Array, n: number): void {
    const { log, stride, words } = this.space
    this.inspector.level = this.#level
    this.inspector.steps += n / stride
    for (let at = 0; at < n; at += stride) {
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
    const { stride, words } = this.space
    let kept = 0
    for (let at = 0; at < n; at += stride) {
      try {
        if (!this.inspector.allows(out, at, this.generated)) continue
      } catch (thrown) {
        throw this.#faultAt(thrown, out[at + words], this.#level + 1)
      }
      if (kept !== at) out.copyWithin(kept, at, at + stride)
      kept += stride
    }
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

  /** Appends the successors by one rule, from its table or by running its function. */
  #walk(at: number, words: Int32Array, base: number, id: number, out: Int32Array, n: number): number {
    const rule = this.actions[at]
    const known = this.#follow(rule.table.root, words, base, id, out, n)
    if (known >= 0) return known
    const learn = this.#learning.learns(rule.table, this.expanded)
    let end = n
    this.teacher.act(rule, at, words, base, learn, (effect) => {
      end = this.#apply(effect, words, base, id, out, end)
    })
    return end
  }

  /** Appends what the known part of a tree says; -1 where it does not know enough. */
  #follow(
    node: TreeNode<Effect | null> | undefined,
    words: Int32Array,
    base: number,
    id: number,
    out: Int32Array,
    n: number,
  ): number {
    let at = node
    while (at !== undefined && at.kind === 'branch') at = at.children[(words[base + at.word] >>> at.shift) & at.mask]
    if (at === undefined) return -1
    if (at.kind === 'leaf') return at.result === null ? n : this.#apply(at.result, words, base, id, out, n)
    let end = n
    for (const child of at.children) {
      end = this.#follow(child, words, base, id, out, end)
      if (end < 0) return -1
    }
    return end
  }

  #apply(effect: Effect, words: Int32Array, base: number, id: number, out: Int32Array, n: number): number {
    const count = this.space.words
    for (let at = 0; at < count; at++) out[n + at] = (words[base + at] & effect.and[at]) | effect.or[at]
    out[n + count] = id
    return n + this.space.stride
  }

  /** Generates code when the interpreter has been at it for a while, and again when many paths were learned since. */
  #compileWhenStale(): void {
    const missed = this.fallbacks - this.#staleAt
    const due =
      this.compilations === 0
        ? this.expanded >= this.#compileAfter
        : missed > 2 * this.#compileAfter * 2 ** this.compilations
    if (!due) return
    this.compilations++
    this.#staleAt = this.fallbacks
    const { words } = this.space
    this.#expand = compileExpand(
      this.actions.map((rule) => rule.table),
      words,
      {
        miss: (rule, source, base, id, out, n) => {
          this.#missed++
          return this.#walk(rule, source, base, id, out, n)
        },
      },
    )
    this.inspector.compile()
  }

  /** Every successor of a state with the instance that leads to it; for traces and graphs, not for the search. */
  successors(id: number, visit: (instance: number, out: Int32Array, at: number) => void): void {
    this.successorsOf(this.space.log, id * this.space.stride, visit)
  }

  /** The same for the state packed at `base`, which need not be one that was found. */
  successorsOf(words: Int32Array, base: number, visit: (instance: number, out: Int32Array, at: number) => void): void {
    const state = words.subarray(base, base + this.space.words)
    this.actions.forEach((_, rule) => {
      this.stepsOf(rule, state, (out, at) => {
        if (this.inspector.allows(out, at)) visit(rule, out, at)
      })
    })
  }

  /** The number of the state packed at `at`, or of the one that stands for it; 0 when there is none. */
  idOf(out: Int32Array, at: number): number {
    return this.symmetry === null ? this.space.find(out, at) : this.space.find(this.symmetry.canonical(out, at), 0)
  }

  /** Tells whether the state packed at `base` has no successor, and the model does not let it end. */
  deadlocked(words: Int32Array, base: number): boolean {
    const out = new Int32Array(this.space.stride)
    return (
      !this.inspector.mayEnd(words, base) &&
      this.actions.every((_, rule) => this.#walk(rule, words, base, 0, out, 0) === 0)
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
    const { stride } = this.space
    let out = new Int32Array(4 * stride)
    let n = this.#walk(instance, words, 0, 0, out, 0)
    if (n > out.length) {
      out = new Int32Array(n)
      n = this.#walk(instance, words, 0, 0, out, 0)
    }
    for (let at = 0; at < n; at += stride) visit(out, at)
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
