/**
 * The kernel of one thread: the WebAssembly module with its memory, which holds the tables as programs, a chunk of the
 * frontier, and the successors of it until they are inserted. What a table does not know it asks the explorer.
 */
import { effectBytes, type KernelCode, kernelCode, type Places, SETTLED } from './kernel-code.ts'
import { tablesTooLarge } from './learning.ts'
import { Program } from './program.ts'
import type { Quantities } from './quantities.ts'
import { QuantityProgram } from './quantity-program.ts'
import { recordWords } from './record-code.ts'
import type { ActionRule, Effect, PredicateRule } from './rules.ts'
import { hashWords } from './space.ts'
import { MOST_PAGES } from './wasm/module.ts'

/** States of the frontier that are expanded together. */
export const CHUNK = 256
/** Successors that are gathered before they are inserted together. */
export const BATCH = 2048
/** The most successors that a kernel with that many rules gathers. */
export const mostRecords = (rules: number): number => 2 * BATCH + rules + 1

const PAGE = 65_536
/** Bytes for the states seen last, which should stay in the second-level cache. */
const RECENT_BYTES = 1 << 18
/** The leaf of a predicate that the explorer must hear of. */
const ATTEND = SETTLED - 1
const MOST_QUESTIONS = 4096
/** Pairs of states that step claims are asked about together. */
const PAIRS = 512

/** What the kernel cannot settle: a rule, and where in its memory the words are that it could not be followed on. */
export type Question = (rule: number, base: number) => void

/** Predicates that share a program, and which of their results the explorer must hear of. */
export interface Claims {
  readonly rules: ReadonlyMap<number, PredicateRule>
  attend(rule: number, result: number): boolean
}

export class Kernel {
  /** words of a record of successors */
  readonly recordWords: number
  ints: Int32Array
  /** successors gathered so far */
  count = 0
  readonly #words: number
  readonly #code: KernelCode
  readonly #places: Places
  readonly #states: number
  readonly #raw: number
  readonly #pairs: number
  readonly #programs: number
  #free: number
  #effects = new Map<string, number>()
  #nothing = 0
  #actions: Program<Effect | null> | null = null
  /** what claims on states ask for; null where they ask for nothing */
  #quantities: QuantityProgram | null = null
  #judgements: Readonly<Record<'onStates' | 'onSteps' | 'onSuccessors', Program<number> | null>> = {
    onStates: null,
    onSteps: null,
    onSuccessors: null,
  }

  /** For so many actions, and at most so many claims of one kind, each with all parameters bound. */
  constructor(words: number, rules: number, claims = 0) {
    this.#words = words
    this.recordWords = recordWords(words)
    const record = 4 * this.recordWords
    const recentBits = Math.floor(Math.log2(RECENT_BYTES / (4 * words)))
    let next = 16
    const region = (bytes: number): number => {
      const at = next
      next = Math.ceil((at + bytes) / 64) * 64
      return at
    }
    const results = region(16)
    const stuck = region(4 * CHUNK)
    const questions = region(8 * (MOST_QUESTIONS + Math.max(rules, claims, 1)))
    this.#states = region(4 * CHUNK * (words + 1) + record)
    this.#pairs = region(8 * PAIRS * words + record)
    const recent = region(4 * words * 2 ** recentBits + record)
    this.#raw = region(record * mostRecords(rules))
    this.#programs = next
    this.#free = next
    const rawEnd = this.#raw + record * 2 * BATCH
    this.#places = { results, questions, mostQuestions: MOST_QUESTIONS, stuck, rawEnd, recent, recentBits }
    this.#code = kernelCode(words, this.#places, Math.ceil(next / PAGE) + 1)
    this.ints = new Int32Array(this.#code.memory.buffer)
    this.#forgetRecent()
  }

  /** The gathered successors: each is its words, the number of its parent, and after `sift` its hash. */
  get records(): Int32Array {
    return this.ints.subarray(this.#raw >> 2, this.#programs >> 2)
  }

  /**
   * Writes the programs anew, from all that the tables know: actions, claims on states and the quantities that these ask
   * for, claims on steps, and the constraint.
   */
  write(
    actions: readonly ActionRule[],
    states: Claims,
    quantities: Quantities,
    steps: Claims,
    constraint: Claims,
  ): void {
    this.ints.fill(0, this.#programs >> 2, this.#free >> 2)
    this.#free = this.#programs
    this.#effects.clear()
    this.#nothing = this.allocate(effectBytes(this.#words))
    this.#actions = new Program(
      this,
      new Map(actions.map(({ table }, rule) => [rule, table])),
      (rule, effect) => -(effect === null ? this.#nothing : this.#effect(rule, effect)),
      -this.#nothing,
    )
    this.#quantities = quantities.rules.length === 0 ? null : new QuantityProgram(this, this.#words, quantities)
    const onStates = this.#judgement(states, this.#quantities)
    const [onSteps, onSuccessors] = [steps, constraint].map((claims) => this.#judgement(claims))
    this.#judgements = { onStates, onSteps, onSuccessors }
  }

  /** Address of `bytes` zeros, such that it is `offset` above a multiple of 16. */
  allocate(bytes: number, offset = 0): number {
    const at = Math.ceil((this.#free - offset) / 16) * 16 + offset
    this.#free = at + bytes
    const { memory } = this.#code
    const missing = this.#free - memory.buffer.byteLength
    if (missing > 0) {
      const more = Math.ceil(Math.max(missing, memory.buffer.byteLength / 4) / PAGE)
      try {
        memory.grow(Math.max(Math.ceil(missing / PAGE), Math.min(more, MOST_PAGES - memory.buffer.byteLength / PAGE)))
      } catch (thrown) {
        if (thrown instanceof RangeError) throw tablesTooLarge(memory.buffer.byteLength)
        throw thrown
      }
      this.ints = new Int32Array(memory.buffer)
    }
    return at
  }

  /** Whether so many successors are gathered that they should be inserted. */
  get full(): boolean {
    return this.count >= BATCH
  }

  /**
   * Gathers the successors of the states numbered from `id`, at most CHUNK of them, whose records are in `log`; returns
   * how many states it got through. `ask` hears of the rules that are unknown on a state, and `stuck` of the states without
   * a successor that is known.
   */
  expand(log: Int32Array, id: number, count: number, ask: Question, stuck: (base: number) => void): number {
    const stride = this.#words + 1
    const record = 4 * this.recordWords
    this.ints.set(log.subarray(id * stride, (id + count) * stride), this.#states >> 2)
    const stop = this.#code.expand(
      this.#actions!.address,
      this.#states,
      this.#states + 4 * stride * count,
      id,
      this.#raw + this.count * record,
      this.#raw + BATCH * record,
    )
    const results = this.#places.results >> 2
    this.count = (this.ints[results] - this.#raw) / record
    const stuckEnd = this.ints[results + 2]
    this.#askAll((rule, base) => {
      ask(rule, base)
      this.#actions!.learn(rule, this.ints, base)
    })
    for (let at = this.#places.stuck; at < stuckEnd; at += 4) stuck(this.ints[at >> 2] >> 2)
    return (stop - this.#states) / (4 * stride)
  }

  /** Drops gathered successors that were seen lately, and writes the hash of each of the others behind its parent. */
  sift(): void {
    const record = 4 * this.recordWords
    this.count = (this.#code.sift(this.#raw, this.#raw + this.count * record) - this.#raw) / record
  }

  /** Removes the gathered successors at these places of the memory, which ascend. */
  remove(bases: readonly number[]): void {
    const [raw, record] = [this.#raw >> 2, this.recordWords]
    let [kept, next] = [raw, 0]
    for (let at = raw; at < raw + this.count * record; at += record) {
      if (at === bases[next]) next++
      else {
        if (kept !== at) this.ints.copyWithin(kept, at, at + record)
        kept += record
      }
    }
    this.count = (kept - raw) / record
  }

  /** Asks about the constraint on the gathered successors. */
  judgeSuccessors(ask: Question): void {
    this.#judge(this.#judgements.onSuccessors, this.#raw, this.count, this.recordWords, ask)
  }

  /** Asks about the claims on the first `count` records. */
  judgeStates(count: number, ask: Question): void {
    this.#judge(this.#judgements.onStates, this.#raw, count, this.recordWords, ask, this.#quantities)
  }

  /** Asks about the claims on the steps to the gathered successors; `base` is that of both states side by side. */
  judgeSteps(log: Int32Array, ask: (rule: number, base: number, parent: number) => void): void {
    const words = this.#words
    const [raw, pairs] = [this.#raw >> 2, this.#pairs >> 2]
    for (let first = 0; first < this.count; first += PAIRS) {
      const count = Math.min(PAIRS, this.count - first)
      for (let pair = 0; pair < count; pair++) {
        const [after, to] = [raw + (first + pair) * this.recordWords, pairs + 2 * pair * words]
        const before = this.ints[after + words] * (words + 1)
        for (let word = 0; word < words; word++) {
          this.ints[to + word] = log[before + word]
          this.ints[to + words + word] = this.ints[after + word]
        }
      }
      this.#judge(this.#judgements.onSteps, this.#pairs, count, 2 * words, (rule, base) => {
        const record = raw + (first + (base - pairs) / (2 * words)) * this.recordWords
        ask(rule, base, this.ints[record + words])
      })
    }
  }

  #judge(
    program: Program<number> | null,
    at: number,
    count: number,
    stride: number,
    ask: Question,
    quantities: QuantityProgram | null = null,
  ): void {
    if (program === null) return
    const { address = 0, copy = 0 } = quantities ?? {}
    for (let [from, end] = [at, at + 4 * stride * count]; from < end; ) {
      from = this.#code.judge(program.address, from, end, 4 * stride, address, copy)
      this.#askAll((rule, base) => {
        ask(rule, base)
        quantities?.learn(this.ints, base)
        program.learn(rule, this.ints, base)
      })
    }
  }

  #askAll(ask: Question): void {
    const end = this.ints[(this.#places.results >> 2) + 1]
    for (let at = this.#places.questions; at < end; at += 8) ask(this.ints[at >> 2], this.ints[(at >> 2) + 1] >> 2)
  }

  #judgement({ rules, attend }: Claims, values: QuantityProgram | null = null): Program<number> | null {
    if (rules.size === 0) return null
    const tables = new Map([...rules].map(([rule, { table }]) => [rule, table]))
    return new Program(this, tables, (rule, result) => (attend(rule, result) ? ATTEND : SETTLED), SETTLED, values)
  }

  /** The address of an effect; those that are alike are one. */
  #effect(rule: number, { and, or }: Effect): number {
    const key = `${rule} ${and.join()} ${or.join()}`
    const known = this.#effects.get(key)
    if (known !== undefined) return known
    const address = this.allocate(effectBytes(this.#words))
    const [keep, set] = [address >> 2, (address >> 2) + this.recordWords]
    this.ints.set(and, keep)
    this.ints.set(or, set)
    this.ints[keep + this.#words] = -1
    this.ints[set + this.#words + 1] = rule
    this.ints[set + this.recordWords] = 4 * this.recordWords
    this.#effects.set(key, address)
    return address
  }

  /** Drops the successors gathered so far, and what was seen lately. */
  forget(): void {
    this.count = 0
    const { recent, recentBits } = this.#places
    this.ints.fill(0, recent >> 2, (recent >> 2) + this.#words * 2 ** recentBits)
    this.#forgetRecent()
  }

  /**
   * A place that holds no state yet is zero, which is the state of zeros, and that belongs at one place only: this one begins
   * with a state that belongs at another.
   */
  #forgetRecent(): void {
    const place = (state: Int32Array) => hashWords(state, 0, state.length) >>> (32 - this.#places.recentBits)
    const zeros = new Int32Array(this.#words)
    const other = new Int32Array(this.#words)
    while (place(other) === place(zeros)) other[0]++
    this.ints.set(other, (this.#places.recent >> 2) + place(zeros) * this.#words)
  }
}
