/** One thread's share of a search: expands states through the tables, and judges the states and steps that it finds. */

import { asSpecError } from '../language/draft.ts'
import { SpecError } from '../language/errors.ts'
import type { Model } from '../language/model.ts'
import { boundClaims, boundTest } from '../language/predicate.ts'
import { type Check, compileCheck, compileExpand, type Expand } from './compile.ts'
import { type Coverage, coverageOf } from './coverage.ts'
import { type Insert, makeInsert, type Numbers } from './insert.ts'
import { isOpen, type Judge, judgeFor } from './judge.ts'
import { layoutOf } from './layout.ts'
import {
  type ActionRule,
  abandon,
  actionRules,
  type Effect,
  LARGEST_TABLE,
  PREMISE,
  type PredicateRule,
  predicateRules,
  Teacher,
  TRUE,
} from './rules.ts'
import { BLOCK, CONTROL, type IdRange, type Space } from './space.ts'
import type { Symmetry } from './symmetry.ts'
import type { Table, TreeNode } from './table.ts'
import { leafFor } from './table.ts'

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

/** Paths that one thread learns in all: each costs some hundred bytes. */
const LARGEST_LEARNING = 1_000_000
/** Leaves from which on a table must have answered something that it knew. */
const PROBATION = 20_000

export class Explorer {
  readonly model: Model
  readonly space: Space
  readonly coverage: Coverage
  readonly judge: Judge
  /** keeps one state of each orbit; null where every state is kept */
  readonly symmetry: Symmetry | null
  readonly actions: ActionRule[]
  readonly statePredicates: PredicateRule[]
  readonly stepPredicates: PredicateRule[]
  readonly teacher: Teacher
  generated = 0
  /** ranges of the states that this thread found since the list was last taken */
  added: IdRange[] = []
  fault: StateFault | null = null
  expanded = 0
  fallbacks = 0
  learned = 0
  compilations = 0
  readonly #threads: number
  readonly #compileAfter: number
  readonly #constraint: PredicateRule | null
  readonly #final: PredicateRule | null
  readonly #insert: Insert
  readonly #numbers: Numbers = { next: 0, end: 0 }
  readonly #pair: Int32Array
  #out: Int32Array
  #n = 0
  #expand: readonly Expand[]
  #checkState: Check
  #checkStep: Check
  #level = 1
  #at = 0
  #chunkEnd = 0
  /** the range of the frontier that work is at, and how many states lie before it */
  #range = { at: 0, skipped: 0 }
  #staleAt = 0
  /** states and steps that claims were asked about */
  #states = 0
  #steps = 0

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
    const onStates = [...boundClaims(model, 'invariant'), ...boundClaims(model, 'reachable')]
    const onSteps = boundClaims(model, 'step')
    this.coverage = coverageOf(model, onStates.length + onSteps.length)
    this.judge = judgeFor(model.claims, model.deadlock !== 'off')
    this.teacher = new Teacher(model, layout, this.coverage)
    this.actions = actionRules(model.instances)
    this.statePredicates = predicateRules(onStates)
    this.stepPredicates = predicateRules(onSteps)
    this.#constraint = ruleFor(model.constraint, 'the constraint')
    this.#final = ruleFor(model.deadlock === 'stuck unless final' ? model.final : null, 'the final states')
    this.#insert = makeInsert(layout.words, threads > 1)
    this.#out = new Int32Array(4 * BATCH * space.stride)
    this.#pair = new Int32Array(2 * layout.words)
    this.#expand = model.instances.map(
      (_, rule): Expand =>
        (words, base, id, out, n) =>
          this.#walk(rule, words, base, id, out, n),
    )
    this.#checkState = (words, base) => this.statePredicates.forEach((_, rule) => this.#judgeState(rule, words, base))
    this.#checkStep = (words, base) => this.stepPredicates.forEach((_, rule) => this.#judgeStep(rule, words, base))
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
      if (!this.#mayEnd(id)) this.judge.deadlockLevel = this.#level
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
    const kept = this.#constraint === null ? size : this.#rejectOutside(this.#constraint, out, size)
    if (this.stepPredicates.length > 0) this.#judgeSteps(out, kept)
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
    if (this.statePredicates.length === 0) return
    const { log, stride } = this.space
    this.#states += to - from
    for (let id = from; id < to; id++) {
      try {
        this.#checkState(log, id * stride, id)
      } catch (thrown) {
        throw this.#faultAt(thrown, id, this.#level + 1)
      }
    }
  }

  #judgeSteps(out: Int32Array, n: number): void {
    const { log, stride, words } = this.space
    this.#steps += n / stride
    for (let at = 0; at < n; at += stride) {
      const parent = out[at + words]
      if (parent === 0) continue
      for (let word = 0; word < words; word++) {
        this.#pair[word] = log[parent * stride + word]
        this.#pair[words + word] = out[at + word]
      }
      try {
        this.#checkStep(this.#pair, 0, parent)
      } catch (thrown) {
        throw this.#faultAt(thrown, parent, this.#level + 1)
      }
    }
  }

  /** Moves the successors that the constraint allows to the front; returns their end. */
  #rejectOutside(constraint: PredicateRule, out: Int32Array, n: number): number {
    const { stride, words } = this.space
    let kept = 0
    for (let at = 0; at < n; at += stride) {
      try {
        if ((this.#evaluate(constraint, false, out, at, this.generated) & TRUE) === 0) continue
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
    if (this.fault === null || level < this.fault.level) this.fault = { error, id, level }
    return error
  }

  #mayEnd(id: number): boolean {
    if (this.#final === null) return this.model.deadlock === 'off'
    return (this.#evaluate(this.#final, false, this.space.log, id * this.space.stride) & TRUE) !== 0
  }

  /** Tells whether the constraint allows the state packed at `base`. */
  allows(words: Int32Array, base: number): boolean {
    return this.#constraint === null || (this.#evaluate(this.#constraint, false, words, base) & TRUE) !== 0
  }

  /** `asked` says how often this search has asked the predicate so far. */
  #evaluate(rule: PredicateRule, onSteps: boolean, words: Int32Array, base: number, asked = Infinity): number {
    const leaf = leafFor(rule.table, words, base)
    if (leaf !== undefined) return leaf.result
    return this.teacher.judge(rule, onSteps, words, base, this.#learns(rule.table, asked))
  }

  /** Whether a table shall learn one more path. Gives it up when nearly all that was asked so far was new to it. */
  #learns(table: Table<unknown>, asked: number): boolean {
    if (table.leaves >= LARGEST_TABLE || this.learned >= LARGEST_LEARNING) return false
    if (table.leaves >= PROBATION && table.leaves > 0.9 * asked) {
      abandon(table)
      return false
    }
    this.learned++
    return true
  }

  #judgeState(at: number, words: Int32Array, base: number): void {
    const rule = this.statePredicates[at]
    if (this.#isOpen(rule)) this.#settle(rule, at, this.#evaluate(rule, false, words, base, this.#states))
  }

  #judgeStep(at: number, words: Int32Array, base: number): void {
    const rule = this.stepPredicates[at]
    if (this.#isOpen(rule))
      this.#settle(rule, this.statePredicates.length + at, this.#evaluate(rule, true, words, base, this.#steps))
  }

  /** Tells whether a claim is still asked about what this level leads to. */
  #isOpen(rule: PredicateRule): boolean {
    return isOpen(this.judge.levels[rule.bound.claim], this.#level + 1)
  }

  #settle(rule: PredicateRule, premise: number, result: number): void {
    if ((result & PREMISE) !== 0) this.coverage.premises[premise] = 1
    const { claim } = rule.bound
    const good = (result & TRUE) !== 0
    if ((this.model.claims[claim].kind === 'reachable') !== good) return
    if (this.judge.levels[claim] === 0) this.judge.levels[claim] = this.#level + 1
  }

  /** Appends the successors by one rule, from its table or by running its function. */
  #walk(at: number, words: Int32Array, base: number, id: number, out: Int32Array, n: number): number {
    const rule = this.actions[at]
    const known = this.#follow(rule.table.root, words, base, id, out, n)
    if (known >= 0) return known
    const learn = this.#learns(rule.table, this.expanded)
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
          this.fallbacks++
          return this.#walk(rule, source, base, id, out, n)
        },
      },
    )
    this.#checkState = this.#compilePredicates(this.statePredicates, words, (rule, source, base) =>
      this.#judgeState(rule, source, base),
    )
    this.#checkStep = this.#compilePredicates(this.stepPredicates, 2 * words, (rule, source, base) =>
      this.#judgeStep(rule, source, base),
    )
  }

  #compilePredicates(
    rules: readonly PredicateRule[],
    words: number,
    ask: (rule: number, words: Int32Array, base: number) => void,
  ): Check {
    const open = rules.flatMap((rule, at) => (this.#isOpen(rule) ? [at] : []))
    const reachable = (rule: number) => this.model.claims[rules[rule].bound.claim].kind === 'reachable'
    const undecided = (rule: number) => this.judge.levels[rules[rule].bound.claim] === 0
    return compileCheck(
      rules.map((rule) => rule.table),
      open,
      words,
      (rule, result) => undecided(rule) && ((result & TRUE) !== 0) === reachable(rule),
      {
        unsettled: (rule, source, base) => {
          this.fallbacks++
          ask(rule, source, base)
        },
      },
    )
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
        if (this.allows(out, at)) visit(rule, out, at)
      })
    })
  }

  /** The number of the state packed at `at`, or of the one that stands for it; 0 when there is none. */
  idOf(out: Int32Array, at: number): number {
    return this.symmetry === null ? this.space.find(out, at) : this.space.find(this.symmetry.canonical(out, at), 0)
  }

  /** Tells whether a state decides a claim: violates an invariant, or satisfies a reachable claim. */
  decides(claim: number, id: number): boolean {
    return this.decidesAt(claim, this.space.log, id * this.space.stride)
  }

  /** The same for the state packed at `base`. */
  decidesAt(claim: number, words: Int32Array, base: number): boolean {
    const wanted = this.model.claims[claim].kind === 'reachable'
    return this.statePredicates.some(
      (rule) => rule.bound.claim === claim && ((this.#evaluate(rule, false, words, base) & TRUE) !== 0) === wanted,
    )
  }

  /** Tells whether the step from the state packed at `base` to the one packed at `at` violates a step claim. */
  stepViolates(claim: number, before: Int32Array, base: number, out: Int32Array, at: number): boolean {
    const { words } = this.space
    this.#pair.set(before.subarray(base, base + words))
    this.#pair.set(out.subarray(at, at + words), words)
    return this.stepPredicates.some(
      (rule) => rule.bound.claim === claim && (this.#evaluate(rule, true, this.#pair, 0) & TRUE) === 0,
    )
  }

  /** Tells whether a state has no successor and the model does not let it end. */
  deadlocked(id: number): boolean {
    const { log, stride } = this.space
    const out = new Int32Array(stride)
    return !this.#mayEnd(id) && this.actions.every((_, rule) => this.#walk(rule, log, id * stride, id, out, 0) === 0)
  }

  /** The actions and claims whose tables have stopped learning. */
  direct(): string[] {
    const full = (rule: { table: { leaves: number } }) => rule.table.leaves >= LARGEST_TABLE
    return [
      ...this.actions.filter(full).map((rule) => rule.instance.label),
      ...[...this.statePredicates, ...this.stepPredicates]
        .filter(full)
        .map((rule) => this.model.claims[rule.bound.claim].name),
    ]
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

  /** The constraint and the final states, where the model has them. */
  otherPredicates(): PredicateRule[] {
    return [this.#constraint, this.#final].flatMap((rule) => rule ?? [])
  }

  /** Tells whether the state packed in `words` satisfies one of them. */
  satisfies(rule: PredicateRule, words: Int32Array): boolean {
    return (this.#evaluate(rule, false, words, 0) & TRUE) !== 0
  }

  /** Runs a sample of everything that was learned again; throws a SpecError for a function that does not repeat itself. */
  audit(): void {
    this.teacher.auditActions(this.actions)
    this.teacher.auditPredicates([...this.statePredicates, ...this.otherPredicates()], false)
    this.teacher.auditPredicates(this.stepPredicates, true)
  }
}

/** A rule for a predicate of the model that is no claim, where it has one. */
function ruleFor(test: ((state: object) => boolean) | null, place: string): PredicateRule | null {
  return test === null ? null : predicateRules([boundTest(place, test)])[0]
}
