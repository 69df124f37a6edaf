/**
 * Insertion of successors, in runs of a hundred or so: by functions of WebAssembly where the space lies in memory of theirs,
 * by the same in JavaScript where it is small yet, or too large. `space-code.ts` says why runs. Generated for the number of
 * words of a state.
 */
import { recordWords } from './record-code.ts'
import { CONTROL, type Space } from './space.ts'
import { RUN, resultsIn } from './space-code.ts'
import { BLOCK } from './space-memory.ts'

/** What a batch left behind: the thread's next free number and the end of its block of numbers. */
export interface Numbers {
  next: number
  end: number
}

/**
 * Inserts the first `n / recordWords` records of `out`, which are the words of a state, the number of its parent, and its
 * hash. New states are numbered from `numbers` and reported to `added` as ranges; they are moved to the front of `out`,
 * with their own number in the place of their parent's. Returns the end of the new ones.
 */
export type Insert = (
  out: Int32Array,
  n: number,
  space: Space,
  numbers: Numbers,
  added: (from: number, to: number) => void,
) => number

/** Generates the insertion for states of `words` words. `shared` says whether other threads insert at the same time. */
export function makeInsert(words: number, shared: boolean): Insert {
  const intoArrays = insertIntoArrays(words, shared)
  const intoWasm = insertIntoWasm(words, shared)
  return (out, n, space, numbers, added) =>
    (space.inserter === null ? intoArrays : intoWasm)(out, n, space, numbers, added)
}

function insertIntoWasm(words: number, shared: boolean): Insert {
  const record = recordWords(words)
  const results = resultsIn(words) >> 2
  return (out, n, space, numbers, added) => {
    const { code, ints, stage, places } = space.inserter!
    const insert = shared ? code.insertShared : code.insert
    let first = numbers.next
    let fresh = 0
    for (let from = 0; from < n; from += RUN * record) {
      const to = Math.min(n, from + RUN * record)
      ints.set(out.subarray(from, to), stage >> 2)
      const end = stage + 4 * (to - from)
      let [at, kept] = [stage, stage]
      for (;;) {
        const { next, end: limit } = numbers
        kept = insert(stage, at, end, kept, next, limit, places.log, places.table, places.mask)
        at = ints[(stage >> 2) + results]
        numbers.next = ints[(stage >> 2) + results + 1]
        if (at === end) break
        if (numbers.next > first) added(first, numbers.next)
        first = numbers.next = Atomics.add(space.control, CONTROL.nextBlock, BLOCK)
        numbers.end = first + BLOCK
      }
      out.set(ints.subarray(stage >> 2, kept >> 2), fresh)
      fresh += (kept - stage) >> 2
    }
    if (numbers.next > first) added(first, numbers.next)
    return fresh
  }
}

function insertIntoArrays(words: number, shared: boolean): Insert {
  const stride = words + 1
  const record = recordWords(words)
  const each = (text: (at: number) => string, join = '\n') =>
    Array.from({ length: words }, (_, at) => text(at)).join(join)
  const source = `
  const slots = new Int32Array(${RUN})
  let sink = 0
  return function insert(out, n, space, numbers, added) {
    const log = space.log, table = space.table, mask = table.length - 1
    let next = numbers.next, end = numbers.end, first = next, fresh = 0
    for (let from = 0; from < n; from += ${RUN * record}) {
      const to = Math.min(n, from + ${RUN * record})
      let touched = 0
      for (let p = from + ${words + 1}; p < to; p += ${record}) touched ^= table[out[p] & mask]
      for (let p = from + ${words + 1}, j = 0; p < to; p += ${record}, j++) {
        const h = out[p]
        let slot = h & mask, entry = table[slot]
        while (entry !== 0 && ((entry ^ h) & ~mask) !== 0) entry = table[slot = slot + 1 & mask]
        slots[j] = slot
        touched ^= log[(entry & mask) * ${stride}]
      }
      sink ^= touched
      for (let p = from, j = 0; p < to; p += ${record}, j++) {
        ${each((at) => `const w${at} = out[p + ${at}]`)}
        const h = out[p + ${words + 1}]
        let slot = slots[j]
        for (;;) {
          const entry = table[slot]
          if (entry === 0) {
            if (next === end) {
              if (next > first) added(first, next)
              next = first = Atomics.add(space.control, ${CONTROL.nextBlock}, ${BLOCK})
              end = next + ${BLOCK}
            }
            const at = next * ${stride}
            ${each((at) => `log[at + ${at}] = w${at}`)}
            log[at + ${words}] = out[p + ${words}]
            ${shared ? 'if (Atomics.compareExchange(table, slot, 0, h & ~mask | next) !== 0) continue' : 'table[slot] = h & ~mask | next'}
            ${each((at) => `out[fresh + ${at}] = w${at}`)}
            out[fresh + ${words}] = next
            fresh += ${record}
            next++
            break
          }
          if (((entry ^ h) & ~mask) === 0) {
            const at = (entry & mask) * ${stride}
            if (${each((at) => `log[at + ${at}] === w${at}`, ' && ')}) break
          }
          slot = (slot + 1) & mask
        }
      }
    }
    if (next > first) added(first, next)
    numbers.next = next
    numbers.end = end
    space.touched ^= sink
    return fresh
  }`
  return new Function(source)() as Insert
}
