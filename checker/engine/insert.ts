/**
 * Insertion of successors, in runs of a hundred or so. Loops over a run first compute all hashes, then load all table
 * slots, then the records that these seem to name, and only then compare: in loops that do nothing else, the processor has many
 * cache misses under way at once. Most successors never get that far: a small table of those seen last, compared word
 * for word, finds most of the duplicates without leaving the cache. Generated for the number of words of a state.
 */
import { BLOCK, CONTROL, hashWords, type Space } from './space.ts'

/** What a batch left behind: the thread's next free number and the end of its block of numbers. */
export interface Numbers {
  next: number
  end: number
}

/** Entries looked up together. More would push each other out of the first-level cache. */
const RUN = 128
/** Bytes for the successors seen last, which should stay in the second-level cache. */
const RECENT_BYTES = 1 << 17

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
  const bits = Math.floor(Math.log2(RECENT_BYTES / (4 * words)))
  const each = (text: (at: number) => string, join = '\n') =>
    Array.from({ length: words }, (_, at) => text(at)).join(join)
  const source = `
  const hashes = new Int32Array(${RUN}), slots = new Int32Array(${RUN}), places = new Int32Array(${RUN})
  let sink = 0
  return function insert(out, n, space, numbers, added) {
    const log = space.log, table = space.table, mask = table.length - 1
    let next = numbers.next, end = numbers.end, first = next
    for (let p = 0; p < n;) {
      let count = 0, touched = 0
      for (; p < n && count < ${RUN}; p += ${stride}) {
        let h = 0x2545f491
        ${each((at) => `const w${at} = out[p + ${at}]; h = Math.imul(h ^ w${at}, 0x9e3779b1); h ^= h >>> 15`)}
        h = Math.imul(h ^ h >>> 13, 0x85ebca6b)
        h ^= h >>> 16
        const r = (h >>> ${32 - bits}) * ${words}
        if (${each((at) => `recent[r + ${at}] === w${at}`, ' && ')}) continue
        ${each((at) => `recent[r + ${at}] = w${at}`)}
        hashes[count] = h
        places[count++] = p
      }
      for (let j = 0; j < count; j++) touched ^= table[hashes[j] & mask]
      for (let j = 0; j < count; j++) {
        const h = hashes[j]
        let slot = h & mask, entry = table[slot]
        while (entry !== 0 && ((entry ^ h) & ~mask) !== 0) entry = table[slot = slot + 1 & mask]
        slots[j] = slot
        touched ^= log[(entry & mask) * ${stride}]
      }
      sink ^= touched
      for (let j = 0; j < count; j++) {
        const p = places[j]
        ${each((at) => `const w${at} = out[p + ${at}]`)}
        const h = hashes[j]
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
    return sink
  }`
  return new Function('recent', source)(noneRecent(words, bits)) as Insert
}

/**
 * Places for 2^bits states. One that holds no state yet is zero, which is the state of zeros, and that belongs at one place
 * only: this one begins with a state that belongs at another.
 */
function noneRecent(words: number, bits: number): Int32Array {
  const recent = new Int32Array(words << bits)
  const place = (state: Int32Array) => hashWords(state, 0, words) >>> (32 - bits)
  const zeros = new Int32Array(words)
  const other = new Int32Array(words)
  while (place(other) === place(zeros)) other[0]++
  recent.set(other, place(zeros) * words)
  return recent
}
