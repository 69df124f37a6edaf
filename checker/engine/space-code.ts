/**
 * Insertion into a space whose log and table lie in shared WebAssembly memory. It goes in runs of a hundred or so: loops
 * over a run first load all table slots, then the records that these seem to name, and only then compare. In loops that
 * do nothing else, the processor has many cache misses under way at once, and the code that JavaScript is compiled to does
 * so much beside that it has half as many.
 */
import { copyState, hashSteps, recordWords, sameState } from './record-code.ts'
import {
  add,
  and,
  type Body,
  compareExchange,
  constant,
  equal,
  type I32,
  isZero,
  lessUnsigned,
  load,
  multiply,
  notLess,
  type Step,
  select,
  shiftLeft,
  shiftRight,
  store,
  subtract,
  type Variable,
  xor,
} from './wasm/assembler.ts'
import { assemble, instantiate, type SharedMemory, type WasmFunction } from './wasm/module.ts'

/** Records that are looked up together. More would push each other out of the first-level cache. */
export const RUN = 128

/** What a thread has for itself, in bytes: a run of records, their slots, and results. */
export const stageBytes = (words: number): number => RUN * 4 * recordWords(words) + RUN * 4 + 64
const slotsIn = (words: number): number => RUN * 4 * recordWords(words)
/** Where in its stage `insert` leaves the place of the record that it did not get to, and the next free number. */
export const resultsIn = (words: number): number => slotsIn(words) + RUN * 4

/** Where log and table begin, in bytes, and the bits of a hash that select a slot. */
export interface SpacePlaces {
  readonly log: number
  readonly table: number
  readonly mask: number
}

export interface SpaceCode {
  /**
   * Inserts the records from `from` to `end`, at most a run of them, all in the stage. New states are numbered from `next`
   * on; where `limit` is reached it stops. They are moved to `kept`, with their own number in the place of their parent's;
   * returns the end of those.
   */
  insert(
    stage: number,
    from: number,
    end: number,
    kept: number,
    next: number,
    limit: number,
    log: number,
    table: number,
    mask: number,
  ): number
  /** The same beside other threads. */
  insertShared: SpaceCode['insert']
  /** Enters the states numbered from `from` to `end`, which are known to be distinct. */
  enter(stage: number, from: number, end: number, log: number, table: number, mask: number): number
  /** The same beside other threads. */
  enterShared: SpaceCode['enter']
}

/** The functions for states of that many words in a memory. */
export function spaceCode(words: number, memory: SharedMemory): SpaceCode {
  const functions = [false, true].flatMap((shared) => [insertFunction(words, shared), enterFunction(words, shared)])
  return instantiate(assemble(functions, 'shared'), memory) as SpaceCode
}

/** What an entry would be, and tells whether one has the same bits of the hash beside the number. */
const tagged = (hash: I32, mask: I32, id: I32): I32 => xor(and(hash, xor(mask, -1)), id)
const sameTag = (entry: I32, hash: I32, mask: I32): I32 => isZero(and(xor(entry, hash), xor(mask, -1)))

/** Takes the steps for each address from `from` to `end`, of which there is at least one. */
const forEachFrom = (
  body: Body,
  at: Variable<'i32'>,
  from: I32,
  end: I32,
  stride: number,
  steps: readonly Step[],
): Step[] => [
  at.set(from),
  body.loop((again) => [...steps, at.set(add(at, stride)), again.jumpIf(lessUnsigned(at, end))]),
]

/** Takes a free slot for an entry; `otherwise` where another thread was faster. */
const take = (body: Body, shared: boolean, slot: I32, entry: I32, otherwise: () => readonly Step[]): Step =>
  shared ? body.when(compareExchange(slot, constant(0), entry), otherwise) : store(slot, entry)

function insertFunction(words: number, shared: boolean): WasmFunction {
  const [record, stride, hashAt] = [4 * recordWords(words), 4 * (words + 1), 4 * (words + 1)]
  return {
    name: shared ? 'insertShared' : 'insert',
    parameters: 9,
    write(body, [stage, from, end, kept, next, limit, log, table, mask]) {
      const [at, slot, entry, hash, note, touched, place] = Array.from({ length: 7 }, () => body.local('i32'))
      const slotAt = (index: I32) => add(table, shiftLeft(index, 2))
      const recordOf = (id: I32) => add(log, multiply(id, stride))
      const nextSlot = slot.set(slotAt(and(add(shiftRight(subtract(slot, table), 2), 1), mask)))
      const steps = [
        ...forEachFrom(body, at, from, end, record, [
          touched.set(xor(touched, load(slotAt(and(load(at, hashAt), mask))))),
        ]),
        note.set(add(stage, slotsIn(words))),
        ...forEachFrom(body, at, from, end, record, [
          hash.set(load(at, hashAt)),
          slot.set(slotAt(and(hash, mask))),
          body.block((found) => [
            body.loop((more) => [
              entry.set(load(slot)),
              found.jumpIf(isZero(entry)),
              found.jumpIf(sameTag(entry, hash, mask)),
              nextSlot,
              more.jump(),
            ]),
          ]),
          store(note, slot),
          note.set(add(note, 4)),
          touched.set(xor(touched, load(recordOf(and(entry, mask))))),
        ]),
        // Used, so that the loads are not dropped.
        store(stage, touched, resultsIn(words) + 8),
        note.set(add(stage, slotsIn(words))),
        at.set(from),
        body.block((stop) => [
          body.loop((nextRecord) => [
            hash.set(load(at, hashAt)),
            slot.set(load(note)),
            body.block((settled) => [
              body.loop((more) => [
                entry.set(load(slot)),
                body.when(isZero(entry), () => [
                  stop.jumpIf(equal(next, limit)),
                  place.set(recordOf(next)),
                  ...copyState(words, place, at),
                  store(place, load(at, 4 * words), 4 * words),
                  take(body, shared, slot, tagged(hash, mask, next), () => [more.jump()]),
                  ...copyState(words, kept, at),
                  store(kept, next, 4 * words),
                  kept.set(add(kept, record)),
                  next.set(add(next, 1)),
                  settled.jump(),
                ]),
                body.when(sameTag(entry, hash, mask), () => [
                  place.set(recordOf(and(entry, mask))),
                  settled.jumpIf(sameState(words, place, at)),
                ]),
                nextSlot,
                more.jump(),
              ]),
            ]),
            note.set(add(note, 4)),
            at.set(add(at, record)),
            nextRecord.jumpIf(lessUnsigned(at, end)),
          ]),
        ]),
        store(stage, at, resultsIn(words)),
        store(stage, next, resultsIn(words) + 4),
      ]
      return { steps, result: kept }
    },
  }
}

function enterFunction(words: number, shared: boolean): WasmFunction {
  const stride = 4 * (words + 1)
  return {
    name: shared ? 'enterShared' : 'enter',
    parameters: 6,
    write(body, [stage, from, end, log, table, mask]) {
      const [to, id, note, hash, touched, place] = Array.from({ length: 6 }, () => body.local('i32'))
      const slotAt = (index: I32) => add(table, shiftLeft(index, 2))
      const steps = [
        body.block((done) => [
          body.loop((again) => [
            done.jumpIf(notLess(from, end)),
            to.set(add(from, RUN)),
            to.set(select(lessUnsigned(to, end), to, end)),
            note.set(stage),
            place.set(add(log, multiply(from, stride))),
            ...forEachFrom(body, id, from, to, 1, [
              ...hashSteps(words, place, hash),
              store(note, hash),
              touched.set(xor(touched, load(slotAt(and(hash, mask))))),
              note.set(add(note, 4)),
              place.set(add(place, stride)),
            ]),
            store(stage, touched, resultsIn(words)),
            note.set(stage),
            ...forEachFrom(body, id, from, to, 1, [
              hash.set(load(note)),
              place.set(and(hash, mask)),
              body.block((entered) => [
                body.loop((more) => [
                  body.when(isZero(load(slotAt(place))), () => [
                    take(body, shared, slotAt(place), tagged(hash, mask, id), () => [more.jump()]),
                    entered.jump(),
                  ]),
                  place.set(and(add(place, 1), mask)),
                  more.jump(),
                ]),
              ]),
              note.set(add(note, 4)),
            ]),
            from.set(to),
            again.jump(),
          ]),
        ]),
      ]
      return { steps, result: from }
    },
  }
}
