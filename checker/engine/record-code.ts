/** What the WebAssembly of an engine does with packed states: compare, copy, hash. Written out for their number of words. */
import {
  and,
  constant,
  equal,
  equal64,
  type I32,
  load,
  load64,
  multiply,
  type Step,
  shiftRight,
  store,
  store64,
  type Variable,
  xor,
} from './wasm/assembler.ts'

/** Words of a record: a state, the number of its parent, and its rule or its hash, filled up to whole vectors. */
export const recordWords = (words: number): number => 4 * Math.ceil((words + 2) / 4)

/** Words of a state, two at a time where there are two. */
const pieces = (words: number): { wide: boolean; offset: number }[] =>
  Array.from({ length: Math.ceil(words / 2) }, (_, at) => ({ wide: 2 * at + 1 < words, offset: 8 * at }))

/** Whether the states at two places are the same. */
export const sameState = (words: number, a: I32, b: I32): I32 =>
  pieces(words)
    .map(({ wide, offset }) =>
      wide ? equal64(load64(a, offset), load64(b, offset)) : equal(load(a, offset), load(b, offset)),
    )
    .reduce((all, one) => and(all, one))

export const copyState = (words: number, to: I32, from: I32): Step[] =>
  pieces(words).map(({ wide, offset }) =>
    wide ? store64(to, load64(from, offset), offset) : store(to, load(from, offset), offset),
  )

/** The hash of a state, as `hashWords` computes it. */
export function hashSteps(words: number, state: I32, hash: Variable<'i32'>): Step[] {
  const fold = (by: number) => hash.set(xor(hash, shiftRight(hash, by)))
  return [
    hash.set(constant(0x2545f491)),
    ...Array.from({ length: words }, (_, at) => [
      hash.set(multiply(xor(hash, load(state, 4 * at)), 0x9e3779b1)),
      fold(15),
    ]).flat(),
    hash.set(multiply(xor(hash, shiftRight(hash, 13)), 0x85ebca6b)),
    fold(16),
  ]
}
