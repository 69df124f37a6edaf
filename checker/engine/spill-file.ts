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

  /** Fills `into` with what was appended at `position`. Writes nothing: what was found can be read from a full disk. */
  read(into: Uint8Array, position: number): void {
    const written = this.length - this.#buffered
    const onDisk = Math.max(0, Math.min(into.length, written - position))
    for (let at = 0; at < onDisk; ) {
      const got = readSync(this.#fd, into, at, onDisk - at, position + at)
      if (got === 0) throw new Error('a temporary file is shorter than what was written to it')
      at += got
    }
    if (onDisk === into.length) return
    const from = position + onDisk - written
    const rest = this.#buffer.subarray(from, Math.min(this.#buffered, from + into.length - onDisk))
    if (onDisk + rest.length < into.length) throw new Error('a temporary file is shorter than what is read from it')
    into.set(rest, onDisk)
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
