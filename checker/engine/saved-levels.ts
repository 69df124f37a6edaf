/** The records of a space, in pieces that can be written to a file as they are. */
import type { SavedLevels } from './checkpoint-files.ts'
import type { IdRange, Space } from './space.ts'

/** Records in one piece. */
const PIECE = 1 << 18

/** Levels as a checkpoint saves them. */
export function savedLevels({ log, stride }: Space, ranges: readonly (readonly IdRange[])[]): SavedLevels {
  return {
    ranges,
    *records({ from, to }) {
      for (let id = from; id < to; id += PIECE) {
        const piece = log.subarray(id * stride, Math.min(to, id + PIECE) * stride)
        yield new Uint8Array(piece.buffer, piece.byteOffset, piece.byteLength)
      }
    },
  }
}
