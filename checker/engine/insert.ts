/**
 * Insertion of successors, in batches: the first pass over a batch touches the table slot and the record of every
 * entry, so that their cache misses overlap; the second one looks them up. Generated for the number of words of a state.
 */
import { BLOCK, CONTROL, type Space } from './space.ts'

/** What a batch left behind: the thread's next free number and the end of its block of numbers. */
export interface Numbers {
  next: number
  end: number
}

/** Inserts the records in `out[0 .. n)`; new states are numbered from `numbers` and reported to `added` as ranges. */
export type Insert = (
  out: Int32Array,
  n: number,
  space: Space,
  numbers: Numbers,
  added: (from: number, to: number) => void,
) => void

/** Generates the insertion for states of `words` words. `shared` says whether other threads insert at the same time. */
export function makeInsert(words: number, shared: boolean): Insert {
  const stride = words + 1
  const each = (text: (at: number) => string, join = '\n') =>
    Array.from({ length: words }, (_, at) => text(at)).join(join)
  const source = `
  let slots = new Int32Array(1024), sink = 0
  return function insert(out, n, space, numbers, added) {
    const log = space.log, table = space.table, mask = table.length - 1
    if (slots.length < n) slots = new Int32Array(n)
    let touched = 0
    const at0 = slots
    for (let p = 0, j = 0; p < n; p += ${stride}, j++) {
      let h = 0x2545f491
      ${each((at) => `h = Math.imul(h ^ out[p + ${at}], 0x9e3779b1); h ^= h >>> 15`)}
      h = Math.imul(h ^ h >>> 13, 0x85ebca6b)
      const slot = (h ^ h >>> 16) & mask
      at0[j] = slot
      touched ^= log[table[slot] * ${stride}]
    }
    sink ^= touched
    let next = numbers.next, end = numbers.end, first = next
    for (let p = 0, j = 0; p < n; p += ${stride}, j++) {
      ${each((at) => `const w${at} = out[p + ${at}]`)}
      let slot = at0[j]
      for (;;) {
        const id = table[slot]
        if (id === 0) {
          if (next === end) {
            if (next > first) added(first, next)
            next = first = Atomics.add(space.control, ${CONTROL.nextBlock}, ${BLOCK})
            end = next + ${BLOCK}
          }
          const at = next * ${stride}
          ${each((at) => `log[at + ${at}] = w${at}`)}
          log[at + ${words}] = out[p + ${words}]
          ${shared ? 'if (Atomics.compareExchange(table, slot, 0, next) !== 0) continue' : 'table[slot] = next'}
          next++
          break
        }
        const at = id * ${stride}
        if (${each((at) => `log[at + ${at}] === w${at}`, ' && ')}) break
        slot = (slot + 1) & mask
      }
    }
    if (next > first) added(first, next)
    numbers.next = next
    numbers.end = end
    return sink
  }`
  return new Function(source)() as Insert
}
