/** The predicates of a model on packed states: its claims, its constraint and its final states, judged through tables. */
import type { Model } from '../language/model.ts'
import { boundClaims, boundTest } from '../language/predicate.ts'
import type { Coverage } from './coverage.ts'
import { isOpen, type Judge } from './judge.ts'
import type { Claims } from './kernel.ts'
import type { Learning } from './learning.ts'
import { LARGEST_TABLE, PREMISE, type PredicateRule, predicateRules, type Teacher, TRUE } from './rules.ts'
import { leafFor } from './table.ts'

export class Inspector {
  readonly statePredicates: readonly PredicateRule[]
  readonly stepPredicates: readonly PredicateRule[]
  /** the level of the states that are judged; a step counts at the level that it leads to */
  level = 1
  /** states and steps that claims were asked about, and successors that the constraint was */
  states = 0
  steps = 0
  readonly #model: Model
  readonly #words: number
  readonly #teacher: Teacher
  readonly #learning: Learning
  readonly #judge: Judge
  readonly #coverage: Coverage
  readonly #constraint: PredicateRule | null
  readonly #final: PredicateRule | null
  readonly #pair: Int32Array

  constructor(model: Model, words: number, teacher: Teacher, learning: Learning, judge: Judge, coverage: Coverage) {
    this.#model = model
    this.#words = words
    this.#teacher = teacher
    this.#learning = learning
    this.#judge = judge
    this.#coverage = coverage
    const onStates = [...boundClaims(model, 'invariant'), ...boundClaims(model, 'reachable')]
    this.statePredicates = predicateRules(onStates, true)
    this.stepPredicates = predicateRules(boundClaims(model, 'step'))
    this.#constraint = ruleFor(model.constraint, 'the constraint')
    this.#final = ruleFor(model.deadlock === 'stuck unless final' ? model.final : null, 'the final states')
    this.#pair = new Int32Array(2 * words)
  }

  /** True when the model has a constraint. */
  get constrains(): boolean {
    return this.#constraint !== null
  }

  /** Judges the claims about the state packed at `base`. */
  checkState(words: Int32Array, base: number): void {
    for (let rule = 0; rule < this.statePredicates.length; rule++) this.judgeState(rule, words, base)
  }

  /** Judges the claims about the step from the state packed at `base` to the one packed at `at`. */
  checkStep(before: Int32Array, base: number, after: Int32Array, at: number): void {
    const pair = this.#pairOf(before, base, after, at)
    for (let rule = 0; rule < this.stepPredicates.length; rule++) this.judgeStep(rule, pair, 0)
  }

  /** Tells whether the constraint allows the state packed at `base`; `asked` is how often a search has asked so far. */
  allows(words: Int32Array, base: number, asked = Infinity): boolean {
    return this.#constraint === null || (this.#evaluate(this.#constraint, false, words, base, asked) & TRUE) !== 0
  }

  /** Tells whether the model lets the state packed at `base` have no successor. */
  mayEnd(words: Int32Array, base: number): boolean {
    if (this.#final === null) return this.#model.deadlock === 'off'
    return (this.#evaluate(this.#final, false, words, base) & TRUE) !== 0
  }

  /** Tells whether the state packed at `base` decides a claim: violates an invariant, or satisfies a reachable claim. */
  decides(claim: number, words: Int32Array, base: number): boolean {
    const wanted = this.#model.claims[claim].kind === 'reachable'
    return this.statePredicates.some(
      (rule) => rule.bound.claim === claim && ((this.#evaluate(rule, false, words, base) & TRUE) !== 0) === wanted,
    )
  }

  /** Tells whether the step from the state packed at `base` to the one packed at `at` violates a step claim. */
  stepViolates(claim: number, before: Int32Array, base: number, after: Int32Array, at: number): boolean {
    const pair = this.#pairOf(before, base, after, at)
    return this.stepPredicates.some(
      (rule) => rule.bound.claim === claim && (this.#evaluate(rule, true, pair, 0) & TRUE) === 0,
    )
  }

  /** The constraint and the final states, where the model has them. */
  otherPredicates(): PredicateRule[] {
    return [this.#constraint, this.#final].flatMap((rule) => rule ?? [])
  }

  /** Tells whether the state packed in `words` satisfies one of them. */
  satisfies(rule: PredicateRule, words: Int32Array): boolean {
    return (this.#evaluate(rule, false, words, 0) & TRUE) !== 0
  }

  /** The claims whose tables have stopped learning. */
  direct(): string[] {
    return [...this.statePredicates, ...this.stepPredicates]
      .filter(({ table }) => table.leaves >= LARGEST_TABLE)
      .map(({ bound }) => this.#model.claims[bound.claim].name)
  }

  /** The claims on states that are open, for the kernel. */
  openOnStates(): Claims {
    return this.#open(this.statePredicates)
  }

  /** The claims on steps that are open, for the kernel. */
  openOnSteps(): Claims {
    return this.#open(this.stepPredicates)
  }

  /** The constraint, for the kernel: what it rejects must be heard of. */
  constraintOnSuccessors(): Claims {
    return {
      rules: new Map(this.#constraint === null ? [] : [[0, this.#constraint]]),
      attend: (_, result) => (result & TRUE) === 0,
    }
  }

  /** Runs a sample of everything that was learned again; throws a SpecError for a predicate that does not repeat itself. */
  audit(): void {
    this.#teacher.auditPredicates([...this.statePredicates, ...this.otherPredicates()], false)
    this.#teacher.auditPredicates(this.stepPredicates, true)
    this.#teacher.auditQuantities()
  }

  #pairOf(before: Int32Array, base: number, after: Int32Array, at: number): Int32Array {
    for (let word = 0; word < this.#words; word++) {
      this.#pair[word] = before[base + word]
      this.#pair[this.#words + word] = after[at + word]
    }
    return this.#pair
  }

  #evaluate(rule: PredicateRule, onSteps: boolean, words: Int32Array, base: number, asked = Infinity): number {
    const leaf = leafFor(rule.table, words, base, this.#teacher.quantities.known)
    if (leaf !== undefined) return leaf.result
    return this.#teacher.judge(rule, onSteps, words, base, this.#learning.learns(rule.table, asked))
  }

  /** Judges one claim about the state packed at `base`. */
  judgeState(at: number, words: Int32Array, base: number): void {
    const rule = this.statePredicates[at]
    if (this.#isOpen(rule)) this.#settle(rule, at, this.#evaluate(rule, false, words, base, this.states))
  }

  /** Judges one claim about a step, whose states lie side by side at `base`. */
  judgeStep(at: number, words: Int32Array, base: number): void {
    const rule = this.stepPredicates[at]
    if (this.#isOpen(rule))
      this.#settle(rule, this.statePredicates.length + at, this.#evaluate(rule, true, words, base, this.steps))
  }

  /** Tells whether a claim is still asked about what this level leads to. */
  #isOpen(rule: PredicateRule): boolean {
    return isOpen(this.#judge.levels[rule.bound.claim], this.level + 1)
  }

  #settle(rule: PredicateRule, premise: number, result: number): void {
    if ((result & PREMISE) !== 0) this.#coverage.premises[premise] = 1
    const { claim } = rule.bound
    const good = (result & TRUE) !== 0
    if ((this.#model.claims[claim].kind === 'reachable') !== good) return
    if (this.#judge.levels[claim] === 0) this.#judge.levels[claim] = this.level + 1
  }

  #open(rules: readonly PredicateRule[]): Claims {
    const kindOf = (rule: number) => this.#model.claims[rules[rule].bound.claim].kind
    return {
      rules: new Map(rules.flatMap((rule, at) => (this.#isOpen(rule) ? [[at, rule] as const] : []))),
      attend: (rule, result) => ((result & TRUE) !== 0) === (kindOf(rule) === 'reachable'),
    }
  }
}

/** A rule for a predicate of the model that is no claim, where it has one. */
function ruleFor(test: ((state: object) => boolean) | null, place: string): PredicateRule | null {
  return test === null ? null : predicateRules([boundTest(place, test)])[0]
}
