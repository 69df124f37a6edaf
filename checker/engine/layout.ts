/** Where each cell of a state lies in its packed form: a bit field in one of a few 32-bit words, never across two. */
import type { Cell } from '../language/domain.ts'

/** `word[w] >>> shift & mask` is the code of a cell; a cell with one value has mask 0. */
export interface Field {
  readonly word: number
  readonly shift: number
  readonly mask: number
}

export interface Layout {
  readonly fields: readonly Field[]
  /** words per state, at least one */
  readonly words: number
  /** bits that carry information */
  readonly bits: number
}

/** Packs cells first-fit in their order, which keeps the fields of one variable together. */
export function layoutOf(cells: readonly Cell[]): Layout {
  const used: number[] = []
  let bits = 0
  const fields = cells.map(({ size }): Field => {
    const width = size === 1 ? 0 : 32 - Math.clz32(size - 1)
    bits += width
    let word = used.findIndex((taken) => taken + width <= 32)
    if (word < 0) word = used.push(0) - 1
    const shift = width === 0 ? 0 : used[word]
    used[word] += width
    return { word, shift, mask: 2 ** width - 1 }
  })
  return { fields, words: Math.max(1, used.length), bits }
}

/** The layout of two states side by side, for predicates on steps: cell `c` of the second is cell `cells + c`. */
export function pairLayout(layout: Layout): Layout {
  const second = layout.fields.map((field) => ({ ...field, word: field.word + layout.words }))
  return { fields: [...layout.fields, ...second], words: 2 * layout.words, bits: 2 * layout.bits }
}

/** The code of a field in the state whose words begin at `base`. */
export function readField(field: Field, words: Readonly<Int32Array>, base: number): number {
  return (words[base + field.word] >>> field.shift) & field.mask
}

/** Writes the packed form of cell codes at `base`. */
export function pack(layout: Layout, codes: Readonly<Int32Array>, words: Int32Array, base: number): void {
  words.fill(0, base, base + layout.words)
  layout.fields.forEach((field, cell) => {
    words[base + field.word] |= codes[cell] << field.shift
  })
}
