/** Rules: the functions of a model with their tables, and how a table learns from a run of its function. */
import type { Chooser } from '../language/action.ts'
import type { Memo, Plain } from '../language/derived.ts'
import type { Draft } from '../language/draft.ts'
import { asSpecError, enabled, forEachBranch, openDraft } from '../language/draft.ts'
import { SpecError } from '../language/errors.ts'
import { actionName, type Instance } from '../language/instance.ts'
import type { Model } from '../language/model.ts'
import type { BoundClaim, OnState, OnStep } from '../language/predicate.ts'
import type { Coverage } from './coverage.ts'
import type { Field, Layout } from './layout.ts'
import { pairLayout, readField } from './layout.ts'
import { Quantities, type QuantityRule, THREW } from './quantities.ts'
import { Recorder } from './recorder.ts'
import { emptyTable, forEachLeaf, insertPath, type Table } from './table.ts'

/** What an enabled action does to a packed state: each word becomes `word & and | or`. */
export interface Effect {
  readonly and: Int32Array
  readonly or: Int32Array
}

/** An action with its table; the result of a leaf is null where the action is not enabled. */
export interface ActionRule {
  readonly instance: Instance
  readonly table: Table<Effect | null>
}

/** Bits of a predicate's result. */
export const TRUE = 1
/** the premise of the claim was true, so that the claim said something about this state */
export const PREMISE = 2

/** A predicate with its table; the result of a leaf is a combination of TRUE and PREMISE. */
export interface PredicateRule {
  readonly bound: BoundClaim
  readonly table: Table<number>
  /** whether it is answered from memory when it asks for derived quantities; never for predicates on steps */
  readonly remembers: boolean
}

/** A table with more leaves than this stops learning: its function depends on too much of the state to be worth it. */
export const LARGEST_TABLE = 200_000

const LARGEST_AUDIT = 2_000
/** Paths of one table that are learned with care: run twice, and kept to be run again in the end. */
const CAREFUL = 100
/** One in so many later ones is, and one in so many of those behind the first thousand. */
const [SELDOM, SELDOMER, MANY] = [8, 64, 1_000]
const NO_EXAMPLE = new Int32Array()

const sameEffect = (a: Effect | null, b: Effect | null): boolean =>
  a === null || b === null
    ? a === b
    : a.and.every((word, at) => word === b.and[at]) && a.or.every((word, at) => word === b.or[at])

/** Runs the functions of one model on packed states. One for each thread. */
export class Teacher {
  readonly layout: Layout
  readonly pairs: Layout
  readonly #recorder: Recorder
  readonly #draft: Draft
  readonly #after: Draft
  /** what claims asked for, and the draft that computes it */
  readonly quantities = new Quantities()
  readonly #asked: Recorder
  /** what is wrong with a quantity; kept, as the claim that asked for it may catch what is thrown */
  #refusal: SpecError | null = null
  readonly #inner: Draft
  readonly #coverage: Coverage
  #lessons = 0
  /** the state that the functions see, and who chooses for them */
  #fields: readonly Field[] = []
  #words: Readonly<Int32Array> = new Int32Array()
  #base = 0
  #chooser: Chooser = () => 0
  // Functions of the object, not of each call: there are some for every path that is learned.
  readonly #source = (cell: number): number => readField(this.#fields[cell], this.#words, this.#base)
  readonly #memo: Memo = (quantity, args) => {
    const number = this.quantities.numberOf(quantity, args)
    if (number < 0) return quantity.compute(this.#draft.state, ...args)
    const { values } = this.quantities.rules[number]
    const value = values[this.#recorder.derived(number, () => this.#valueCode(number))]
    if (value !== THREW) return value
    // Whoever asks gets the exception itself.
    this.#asked.begin(this.#source)
    return quantity.compute(this.#inner.state, ...args)
  }
  readonly #noting: Chooser = (count) => {
    const taken = this.#chooser(count)
    this.#recorder.choice(taken, count)
    return taken
  }

  constructor(model: Model, layout: Layout, coverage: Coverage) {
    const cells = layout.fields.length
    this.layout = layout
    this.pairs = pairLayout(layout)
    this.#coverage = coverage
    const recorder = new Recorder(2 * cells)
    this.#recorder = recorder
    this.#draft = openDraft(model.domain, recorder)
    this.#after = openDraft(model.domain, {
      read: (cell) => recorder.read(cells + cell),
      write: (cell, code) => recorder.write(cells + cell, code),
    })
    this.#asked = new Recorder(cells)
    this.#inner = openDraft(model.domain, this.#asked)
  }

  /**
   * Runs an action on the state at `base` and gives each of its effects to `visit`. To learn, the paths are added to the
   * table, and the function is often run twice so that one which keeps state elsewhere is noticed.
   */
  act(
    rule: ActionRule,
    at: number,
    words: Int32Array,
    base: number,
    learn: boolean,
    visit: (effect: Effect) => void,
  ): void {
    this.#look(this.layout, words, base)
    this.#draft.memo = undefined
    const careful = learn && this.#careful(rule.table)
    const example = careful ? this.#example(words, base, 1) : noExample
    try {
      for (let turn = careful ? 0 : 1; turn < 2; turn++) {
        forEachBranch((chooser) => {
          const effect = this.#run(rule.instance.run, chooser)
          if (learn) insertPath(rule.table, this.layout, this.#recorder, effect, sameEffect, example)
          if (turn === 0 || effect === null) return
          this.#coverage.enabled[at] = 1
          for (const cell of this.#recorder.writtenCells) this.#coverage.note(cell, this.#recorder.writtenCode(cell))
          visit(effect)
        })
      }
    } catch (thrown) {
      throw asSpecError(thrown, actionName(rule.instance))
    }
  }

  /** Evaluates a predicate on the state (or, for a step claim, the pair of states) at `base`. */
  judge(rule: PredicateRule, onSteps: boolean, words: Int32Array, base: number, learn: boolean): number {
    const layout = onSteps ? this.pairs : this.layout
    this.#look(layout, words, base)
    const careful = learn && this.#careful(rule.table)
    const example = careful ? this.#example(words, base, onSteps ? 2 : 1) : noExample
    let result = 0
    this.#draft.memo = rule.remembers ? this.#memo : undefined
    for (let turn = careful ? 0 : 1; turn < 2; turn++) {
      this.#recorder.begin(this.#source)
      try {
        result = this.#evaluate(rule.bound, onSteps)
      } finally {
        this.#refuse()
      }
      if (this.#recorder.writtenCells.length > 0) throw changesState(rule.bound.place)
      if (!learn) continue
      try {
        insertPath(rule.table, layout, this.#recorder, result, Object.is, example)
      } catch (thrown) {
        throw asSpecError(thrown, rule.bound.place)
      }
    }
    return result
  }

  /** Runs a sample of learned paths again; throws a SpecError where an action does not repeat what it did. */
  auditActions(rules: readonly ActionRule[]): void {
    const position = new Map(rules.map((rule, at) => [rule, at]))
    forEachExample(rules, (rule, words) => this.act(rule, position.get(rule)!, words, 0, true, () => {}))
  }

  /** The same for predicates on states, or on steps. */
  auditPredicates(rules: readonly PredicateRule[], onSteps: boolean): void {
    forEachExample(rules, (rule, words) => this.judge(rule, onSteps, words, 0, true))
  }

  /** The code of what a quantity is in the state that the functions see, which its table learns. */
  #valueCode(number: number): number {
    const rule = this.quantities.rules[number]
    const known = this.quantities.known(number, this.#words, this.#base)
    if (known >= 0) return known
    const careful = this.#careful(rule.table)
    const example = careful ? this.#example(this.#words, this.#base, 1) : noExample
    if (careful) this.#compute(rule, example)
    return this.#compute(rule, example)
  }

  #compute(rule: QuantityRule, example: () => Int32Array): number {
    this.#asked.begin(this.#source)
    const code = this.quantities.encode(rule, this.#valueOrThrew(rule))
    try {
      if (this.#asked.writtenCells.length > 0) throw changesState(rule.quantity.place)
      if (rule.table.leaves >= LARGEST_TABLE) throw looksDifferent(rule.quantity.place)
      return insertPath(rule.table, this.layout, this.#asked, code, Object.is, example).result
    } catch (thrown) {
      this.#refusal ??= asSpecError(thrown, rule.quantity.place)
      throw thrown
    }
  }

  #refuse(): void {
    const refusal = this.#refusal
    this.#refusal = null
    if (refusal !== null) throw refusal
  }

  #valueOrThrew({ quantity, args }: QuantityRule): Plain | typeof THREW {
    try {
      return quantity.compute(this.#inner.state, ...args)
    } catch {
      return THREW
    }
  }

  /** Computes a sample of remembered quantities again; throws a SpecError where one does not repeat what it was. */
  auditQuantities(): void {
    forEachExample(this.quantities.rules, (rule, words) => {
      this.#look(this.layout, words, 0)
      this.#compute(rule, noExample)
    })
  }

  /** Lets the functions of the spec see the state at `base`. */
  #look(layout: Layout, words: Readonly<Int32Array>, base: number): void {
    this.#fields = layout.fields
    this.#words = words
    this.#base = base
  }

  #run(step: (state: object) => void, chooser: Chooser): Effect | null {
    this.#recorder.begin(this.#source)
    this.#chooser = chooser
    return enabled(step, this.#draft, this.#noting) ? this.#effect() : null
  }

  #effect(): Effect {
    const { words, fields } = this.layout
    const effect: Effect = { and: new Int32Array(words).fill(-1), or: new Int32Array(words) }
    for (const cell of this.#recorder.writtenCells) {
      const { word, shift, mask } = fields[cell]
      effect.and[word] &= ~(mask << shift)
      effect.or[word] |= this.#recorder.writtenCode(cell) << shift
    }
    return effect
  }

  #evaluate(bound: BoundClaim, onSteps: boolean): number {
    const test = (predicate: OnState | OnStep): boolean =>
      onSteps ? (predicate as OnStep)(this.#draft.state, this.#after.state) : (predicate as OnState)(this.#draft.state)
    if (bound.premise !== null && !test(bound.premise)) return TRUE
    return PREMISE | (bound.conjuncts.every((conjunct) => test(conjunct.test)) ? TRUE : 0)
  }

  #careful(table: Table<unknown>): boolean {
    return table.leaves < CAREFUL || this.#lessons++ % (table.leaves < MANY ? SELDOM : SELDOMER) === 0
  }

  /** A copy of the state that teaches something. All that it teaches shares the copy. */
  #example(words: Readonly<Int32Array>, base: number, states: number): () => Int32Array {
    let copy: Int32Array | undefined
    return () => {
      copy ??= words.slice(base, base + states * this.layout.words)
      return copy
    }
  }
}

const noExample = () => NO_EXAMPLE

const looksDifferent = (place: string): SpecError =>
  new SpecError(
    `${place} follows from too much of the state`,
    `it was computed for ${LARGEST_TABLE.toLocaleString('en')} combinations of what it reads, and each is remembered`,
    'call the function itself where the claim asks for it, or split it into quantities that read less each',
  )

/** Calls `visit` with the examples of the rules, or with a sample where there are many. */
export function forEachExample<R extends { readonly table: Table<unknown> }>(
  rules: readonly R[],
  visit: (rule: R, words: Int32Array) => void,
): void {
  const all = rules.flatMap((rule) => {
    const examples = new Set<Int32Array>()
    forEachLeaf(rule.table, ({ example }) => example !== NO_EXAMPLE && examples.add(example))
    return [...examples].map((words) => ({ rule, words }))
  })
  const step = Math.ceil(all.length / LARGEST_AUDIT)
  all.forEach(({ rule, words }, at) => {
    if (at % step === 0) visit(rule, words)
  })
}

function changesState(place: string): SpecError {
  return new SpecError(
    `${place} changes the state`,
    'claims, derived quantities, constraints and final states only look at it',
    'compute with local variables instead',
  )
}

/** Forgets what a table has learned, and keeps it from learning more. */
export function abandon(table: Table<unknown>): void {
  table.root = undefined
  table.nodes = 0
  table.leaves = LARGEST_TABLE
}

/** A rule for each instance, with an empty table. */
export function actionRules(instances: readonly Instance[]): ActionRule[] {
  return instances.map((instance) => ({ instance, table: emptyTable() }))
}

/** A rule for each bound claim, with an empty table. */
export function predicateRules(bounds: readonly BoundClaim[], remembers = false): PredicateRule[] {
  return bounds.map((bound) => ({ bound, table: emptyTable(), remembers }))
}
