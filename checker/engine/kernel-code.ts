/**
 * The innermost loops of a search, written for WebAssembly: following the tables from state to successors, dropping
 * successors that were seen a moment ago, and following the tables of claims. Program and data lie in the memory of the
 * module, whose format `program.ts` describes; the code knows nothing of a model but how many words a state has.
 */
import { copyState, hashSteps, recordWords, sameState } from './record-code.ts'
import {
  add,
  and,
  and128,
  type Body,
  call,
  constant,
  equal,
  greaterSigned,
  type I32,
  isZero,
  type Label,
  lessSigned,
  load,
  load128,
  loadByte,
  loadShort,
  multiply,
  notLess,
  or128,
  type Step,
  select,
  shiftLeft,
  shiftRight,
  store,
  store128,
  subtract,
  type Variable,
} from './wasm/assembler.ts'
import { assemble, instantiate, type WasmFunction, type WasmMemory } from './wasm/module.ts'

/** Where in memory the functions find and leave things, in bytes. */
export interface Places {
  /** what `expand` leaves: the end of the successors, of the questions, and of the list of states without successor */
  readonly results: number
  /** pairs of a rule and the address of what it could not be followed on */
  readonly questions: number
  readonly mostQuestions: number
  /** addresses of states without successor */
  readonly stuck: number
  /** no choice appends behind this place */
  readonly rawEnd: number
  /** the states seen last, 2^recentBits of them */
  readonly recent: number
  readonly recentBits: number
}

/** The functions of the module. */
export interface KernelCode {
  /** Appends the successors of `count` states at `states`, numbered from `id`, at `out`; returns where it stopped. */
  expand(program: number, states: number, end: number, id: number, out: number, limit: number): number
  /** Keeps the records from `from` to `to` that were not seen lately, with their hash; returns their end. */
  sift(from: number, to: number): number
  /**
   * Follows the tables of claims on the records up to `end`; returns where it stopped. Where `quantities` is not 0, it
   * finds those first, and follows the tables on `copy`, which is the state with the values behind it.
   */
  judge(program: number, records: number, end: number, stride: number, quantities: number, copy: number): number
  readonly memory: WasmMemory
}

/** In the list of rules of a branch: the end. */
export const LAST = -1
/** This bit of its address tells a choice from an effect. */
export const CHOICE_BIT = 8
/** The leaf of a predicate that needs no attention. */
export const SETTLED = -1

/** Bytes of an effect: masks to keep bits with, bits to set, and how far the end of the output moves. */
export const effectBytes = (words: number): number => 8 * recordWords(words) + 16

const CHOOSE = 0

/** The functions for states of that many words, with a memory of their own. */
export function kernelCode(words: number, places: Places, pages: number): KernelCode {
  const functions = [
    chooseFunction(words, places),
    expandFunction(words, places),
    siftFunction(words, places),
    judgeFunction(words, places),
  ]
  return instantiate(assemble(functions, pages)) as KernelCode
}

/** The child of the branch at `node` for the state at `state`. */
function child(node: I32, state: I32): I32 {
  const code = and(shiftRight(load(add(state, loadShort(node))), loadByte(node, 2)), loadByte(node, 3))
  return load(add(node, shiftLeft(code, 2)), 4)
}

/** Follows branches until `at` is something else. */
const follow = (body: Body, at: Variable<'i32'>, state: I32): Step =>
  body.when(greaterSigned(at, 0), () => [
    body.loop((again) => [at.set(child(at, state)), again.jumpIf(greaterSigned(at, 0))]),
  ])

/**
 * Writes the successor that the effect at `-at` makes of a state, and moves the end of the output. An instance that is not
 * enabled has an effect too, which moves it by nothing: there is no branch to be guessed.
 */
function apply(words: number, at: I32, state: I32, out: Variable<'i32'>, effect: Variable<'i32'>): Step[] {
  const bytes = 4 * recordWords(words)
  const vectors = Array.from({ length: bytes / 16 }, (_, vector) => 16 * vector)
  return [
    effect.set(subtract(0, at)),
    ...vectors.map((offset) =>
      store128(
        out,
        or128(and128(load128(state, offset), load128(effect, offset)), load128(effect, bytes + offset)),
        offset,
      ),
    ),
    out.set(add(out, load(effect, 2 * bytes))),
  ]
}

/** Appends the successors of every alternative of a choice; -1 where one of them is unknown, or there is no room. */
function chooseFunction(words: number, { rawEnd }: Places): WasmFunction {
  return {
    name: 'choose',
    parameters: 3,
    write(body, [choice, state, end]) {
      const [at, last, out, effect] = [body.local('i32'), body.local('i32'), body.local('i32'), body.local('i32')]
      const steps = [
        out.set(end),
        last.set(add(choice, shiftLeft(load(choice), 2))),
        body.block((done) => [
          body.loop((next) => [
            done.jumpIf(notLess(choice, last)),
            choice.set(add(choice, 4)),
            at.set(load(choice)),
            follow(body, at, state),
            body.when(isZero(at), () => [body.leave(constant(-1))]),
            body.when(notLess(out, rawEnd), () => [body.leave(constant(-1))]),
            body.when(
              and(subtract(0, at), CHOICE_BIT),
              () => [
                out.set(call(CHOOSE, subtract(0, at), state, out)),
                body.when(lessSigned(out, 0), () => [body.leave(constant(-1))]),
              ],
              () => apply(words, at, state, out, effect),
            ),
            next.jump(),
          ]),
        ]),
      ]
      return { steps, result: out }
    },
  }
}

/** Takes the steps for every rule in the program, with `at` at what its table says of the state. */
function forEachRule(
  body: Body,
  program: I32,
  state: I32,
  visit: (rule: I32, at: Variable<'i32'>) => readonly Step[],
): Step[] {
  const [head, branch, list, rule, at] = Array.from({ length: 5 }, () => body.local('i32'))
  return [
    head.set(program),
    body.block((done) => [
      body.loop((nextHead) => [
        branch.set(load(head)),
        done.jumpIf(isZero(branch)),
        list.set(child(branch, state)),
        body.block((end: Label) => [
          body.loop((nextRule) => [
            rule.set(load(list)),
            end.jumpIf(lessSigned(rule, 0)),
            at.set(load(list, 4)),
            follow(body, at, state),
            ...visit(rule, at),
            list.set(add(list, 8)),
            nextRule.jump(),
          ]),
        ]),
        head.set(add(head, 4)),
        nextHead.jump(),
      ]),
    ]),
  ]
}

const ask = (questions: Variable<'i32'>, rule: I32, about: I32): Step[] => [
  store(questions, rule),
  store(questions, about, 4),
  questions.set(add(questions, 8)),
]

function expandFunction(words: number, places: Places): WasmFunction {
  return {
    name: 'expand',
    parameters: 6,
    write(body, [program, state, end, id, out, limit]) {
      const [questions, stuck, start, tried, effect] = Array.from({ length: 5 }, () => body.local('i32'))
      const steps = [
        questions.set(constant(places.questions)),
        stuck.set(constant(places.stuck)),
        body.block((done) => [
          body.loop((next) => [
            done.jumpIf(notLess(state, end)),
            done.jumpIf(notLess(out, limit)),
            done.jumpIf(notLess(questions, places.questions + 8 * places.mostQuestions)),
            store(state, id, 4 * words),
            start.set(out),
            ...forEachRule(body, program, state, (rule, at) => [
              body.when(
                isZero(at),
                () => ask(questions, rule, state),
                () => [
                  body.when(
                    and(subtract(0, at), CHOICE_BIT),
                    () => [
                      tried.set(call(CHOOSE, subtract(0, at), state, out)),
                      body.when(
                        lessSigned(tried, 0),
                        () => ask(questions, rule, state),
                        () => [out.set(tried)],
                      ),
                    ],
                    () => apply(words, at, state, out, effect),
                  ),
                ],
              ),
            ]),
            body.when(equal(out, start), () => [store(stuck, state), stuck.set(add(stuck, 4))]),
            state.set(add(state, 4 * (words + 1))),
            id.set(add(id, 1)),
            next.jump(),
          ]),
        ]),
        store(constant(places.results), out),
        store(constant(places.results), questions, 4),
        store(constant(places.results), stuck, 8),
      ]
      return { steps, result: state }
    },
  }
}

function siftFunction(words: number, { recent, recentBits }: Places): WasmFunction {
  const bytes = 4 * recordWords(words)
  return {
    name: 'sift',
    parameters: 2,
    write(body, [from, to]) {
      const [hash, place, out, known] = Array.from({ length: 4 }, () => body.local('i32'))
      const steps = [
        out.set(from),
        body.block((done) => [
          body.loop((next) => [
            done.jumpIf(notLess(from, to)),
            ...hashSteps(words, from, hash),
            place.set(add(multiply(shiftRight(hash, 32 - recentBits), 4 * words), recent)),
            known.set(sameState(words, from, place)),
            // Written whether it is new or not: there is no branch to be guessed.
            ...copyState(words, place, from),
            ...Array.from({ length: bytes / 16 }, (_, at) => store128(out, load128(from, 16 * at), 16 * at)),
            store(out, hash, 4 * (words + 1)),
            out.set(add(out, select(known, 0, bytes))),
            from.set(add(from, bytes)),
            next.jump(),
          ]),
        ]),
      ]
      return { steps, result: out }
    },
  }
}

/** Copies a state and finds its derived quantities. */
function deriveSteps(body: Body, words: number, record: I32, quantities: I32, copy: I32): Step[] {
  const [tree, last, value, at] = Array.from({ length: 4 }, () => body.local('i32'))
  return [
    ...Array.from({ length: words }, (_, word) => store(copy, load(record, 4 * word), 4 * word)),
    value.set(copy),
    tree.set(quantities),
    last.set(add(quantities, shiftLeft(load(quantities), 2))),
    body.block((done) => [
      body.loop((next) => [
        done.jumpIf(notLess(tree, last)),
        tree.set(add(tree, 4)),
        at.set(load(tree)),
        follow(body, at, copy),
        store(value, subtract(0, at), 4 * words),
        value.set(add(value, 4)),
        next.jump(),
      ]),
    ]),
  ]
}

function judgeFunction(words: number, places: Places): WasmFunction {
  return {
    name: 'judge',
    parameters: 6,
    write(body, [program, record, end, stride, quantities, copy]) {
      const [questions, state] = [body.local('i32'), body.local('i32')]
      const steps = [
        questions.set(constant(places.questions)),
        body.block((done) => [
          body.loop((next) => [
            done.jumpIf(notLess(record, end)),
            done.jumpIf(notLess(questions, places.questions + 8 * places.mostQuestions)),
            body.when(
              isZero(quantities),
              () => [state.set(record)],
              () => [...deriveSteps(body, words, record, quantities, copy), state.set(copy)],
            ),
            ...forEachRule(body, program, state, (rule, at) => [
              body.when(isZero(equal(at, SETTLED)), () => ask(questions, rule, record)),
            ]),
            record.set(add(record, stride)),
            next.jump(),
          ]),
        ]),
        store(constant(places.results), questions, 4),
      ]
      return { steps, result: record }
    },
  }
}
