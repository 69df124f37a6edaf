/**
 * A temporary file without a name: it is unlinked as soon as it is open, so that nothing is left behind however the
 * process ends.
 */
import { randomBytes } from 'node:crypto'
import { closeSync, openSync, readSync, rmSync, unlinkSync, writeSync } from 'node:fs'
import { join } from 'node:path'

/** Bytes gathered before they are written. */
const BUFFER = 1 << 18

export class SpillFile {
  /** bytes appended so far */
  length = 0
  readonly #fd: number
  /** its name, where the system does not let an open file be unlinked */
  readonly #path: string | null
  readonly #buffer = new Uint8Array(BUFFER)
  #buffered = 0

  constructor(dir: string) {
    const path = join(dir, `mmcheck-${process.pid}-${randomBytes(4).toString('hex')}.tmp`)
    this.#fd = openSync(path, 'wx+', 0o600)
    this.#path = unlinked(path) ? null : path
  }

  append(piece: Uint8Array): void {
    for (let at = 0; at < piece.length; ) {
      const room = Math.min(piece.length - at, BUFFER - this.#buffered)
      this.#buffer.set(piece.subarray(at, at + room), this.#buffered)
      this.#buffered += room
      this.length += room
      at += room
      if (this.#buffered === BUFFER) this.#write()
    }
  }

  /** Fills `into` with what was appended at `position`. */
  read(into: Uint8Array, position: number): void {
    if (position + into.length > this.length - this.#buffered) this.#write()
    for (let at = 0; at < into.length; ) {
      const got = readSync(this.#fd, into, at, into.length - at, position + at)
      if (got === 0) throw new Error('a temporary file is shorter than what was written to it')
      at += got
    }
  }

  close(): void {
    closeSync(this.#fd)
    if (this.#path !== null) rmSync(this.#path, { force: true })
  }

  #write(): void {
    const start = this.length - this.#buffered
    for (let at = 0; at < this.#buffered; ) at += writeSync(this.#fd, this.#buffer, at, this.#buffered - at, start + at)
    this.#buffered = 0
  }
}

function unlinked(path: string): boolean {
  try {
    unlinkSync(path)
    return true
  } catch {
    return false
  }
}
