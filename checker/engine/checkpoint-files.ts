/**
 * The files of a checkpoint, each written beside its place and moved there when it is safe on the disk: after a crash
 * there is the old one or the new one, never half of one.
 */
import { createHash } from 'node:crypto'
import { type FileHandle, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { SpecError } from '../language/errors.ts'
import { makeDirectory } from './directory.ts'
import type { IdRange } from './space.ts'

/** A file of records, as the manifest names it. */
export interface Segment {
  readonly file: string
  readonly bytes: number
  readonly sha256: string
  /** the first level in it, and how many there are */
  readonly first: number
  readonly levels: number
  /** what the model does in a sample of the states found before the last of these levels */
  readonly behaviour: string
}

/** The states of some levels: the ranges of their numbers, and their records in pieces. */
export interface SavedLevels {
  readonly ranges: readonly (readonly IdRange[])[]
  records(range: IdRange): Iterable<Uint8Array> | AsyncIterable<Uint8Array>
}

const MANIFEST = 'manifest.json'
const FORMAT = 'mmcheck checkpoint 1'
const MAGIC = 0x6d6d6373
const PIECE = 1 << 22

/** Makes the directory; answers whether it holds a checkpoint. What a crash left behind unfinished is removed. */
export async function prepareDirectory(dir: string): Promise<boolean> {
  makeDirectory(dir)
  const names = await readdir(dir)
  for (const name of names) if (name.endsWith('.part')) await rm(join(dir, name))
  return names.includes(MANIFEST)
}

/** Removes files of records that the manifest does not name. */
export async function removeStrays(dir: string, segments: readonly Segment[]): Promise<void> {
  const known = new Set(segments.map(({ file }) => file))
  for (const name of await readdir(dir)) {
    if (/^states-[0-9a-f]+-\d+\.bin$/.test(name) && !known.has(name)) await rm(join(dir, name))
  }
}

/** Writes the manifest, with its own checksum. From then on the checkpoint is the new one. */
export async function writeManifest(dir: string, body: unknown): Promise<void> {
  const text = JSON.stringify(body)
  const whole = `${JSON.stringify({ format: FORMAT, sha256: sha256(text) })}\n${text}\n`
  await writeSafely(dir, MANIFEST, (file) => file.writeFile(whole))
}

/** Reads a manifest. Throws a SpecError that says what is wrong with it. */
export async function readManifest(dir: string): Promise<unknown> {
  const path = join(dir, MANIFEST)
  const text = await readFile(path, 'utf8').catch((thrown: NodeJS.ErrnoException) => {
    if (thrown.code !== 'ENOENT') throw thrown
    throw new SpecError(
      `there is no checkpoint in ${dir}`,
      'it has no manifest.json: the search ended before the first checkpoint was written, or this is another directory',
      'leave --resume out to begin anew and save there',
    )
  })
  const [head, body = '', ...rest] = text.split('\n')
  const { format, sha256: sum } = parsed(head) as { format?: unknown; sha256?: unknown }
  if (format !== FORMAT && typeof format === 'string' && format.startsWith('mmcheck checkpoint ')) {
    throw new SpecError(
      `the checkpoint in ${dir} has another format`,
      `it says '${format}', and this version of mmcheck reads '${FORMAT}'`,
      'resume with the version that wrote it, or begin anew in another directory',
    )
  }
  if (format !== FORMAT || sum !== sha256(body) || rest.length !== 1 || rest[0] !== '')
    throw damaged(path, 'its text does not match its checksum')
  return JSON.parse(body)
}

/** Writes the records of some levels as a file. */
export async function writeSegment(dir: string, name: string, levels: SavedLevels): Promise<[number, string]> {
  const hash = createHash('sha256')
  let bytes = 0
  await writeSafely(dir, name, async (file) => {
    const put = async (piece: Uint8Array) => {
      hash.update(piece)
      for (let at = 0; at < piece.length; ) at += (await file.write(piece, at)).bytesWritten
      bytes += piece.length
    }
    const numbers = levels.ranges.flatMap((ranges) => [ranges.length, ...ranges.flatMap(({ from, to }) => [from, to])])
    const header = Float64Array.from([MAGIC, numbers.length, levels.ranges.length, ...numbers])
    await put(new Uint8Array(header.buffer))
    for (const range of levels.ranges.flat()) for await (const piece of levels.records(range)) await put(piece)
  })
  return [bytes, hash.digest('hex')]
}

/**
 * Reads a file of records: first it is compared with its checksum, then the ranges of each level are given to `level`, and
 * the records of each range, piece by piece, to `records`. Throws a SpecError when the file is not the one that was written.
 */
export async function readSegment(
  dir: string,
  segment: Segment,
  stride: number,
  level: (ranges: readonly IdRange[]) => void,
  records: (first: number, piece: Int32Array) => Promise<void> | void,
): Promise<void> {
  const path = join(dir, segment.file)
  const file = await open(path).catch((thrown: NodeJS.ErrnoException) => {
    throw thrown.code === 'ENOENT' ? damaged(path, 'the file is missing') : thrown
  })
  try {
    const { size } = await file.stat()
    if (size !== segment.bytes) throw damaged(path, `it has ${size} bytes, and ${segment.bytes} were written`)
    const hash = createHash('sha256')
    const buffer = new Uint8Array(PIECE - (PIECE % (stride * 4)))
    for (let at = 0; at < size; ) at += (await fill(file, buffer, at, size - at, (piece) => hash.update(piece))).length
    if (hash.digest('hex') !== segment.sha256) throw damaged(path, 'its bytes do not match their checksum')
    const head = new Float64Array(3)
    await fill(file, new Uint8Array(head.buffer), 0, 24)
    const numbers = new Float64Array(head[1])
    await fill(file, new Uint8Array(numbers.buffer), 24, numbers.byteLength)
    let at = 24 + numbers.byteLength
    for (const ranges of levelsIn(numbers)) {
      level(ranges)
      for (const { from, to } of ranges) {
        for (let id = from; id < to; ) {
          const piece = await fill(file, buffer, at, (to - id) * stride * 4)
          await records(id, new Int32Array(piece.buffer, 0, piece.length / 4))
          at += piece.length
          id += piece.length / (stride * 4)
        }
      }
    }
  } finally {
    await file.close()
  }
}

/** The error for a file that is not as it was written. */
export function damaged(path: string, why: string): SpecError {
  return new SpecError(
    `the checkpoint is damaged: ${path}`,
    why,
    'restore the directory from a copy, or remove it and begin anew without --resume',
  )
}

function levelsIn(numbers: Float64Array): IdRange[][] {
  const levels: IdRange[][] = []
  for (let at = 0; at < numbers.length; ) {
    const ranges: IdRange[] = []
    for (let left = numbers[at++]; left > 0; left--) ranges.push({ from: numbers[at++], to: numbers[at++] })
    levels.push(ranges)
  }
  return levels
}

async function fill(
  file: FileHandle,
  buffer: Uint8Array,
  position: number,
  wanted: number,
  see: (piece: Uint8Array) => void = () => {},
): Promise<Uint8Array> {
  const length = Math.min(buffer.length, wanted)
  for (let at = 0; at < length; ) {
    const { bytesRead } = await file.read(buffer, at, length - at, position + at)
    if (bytesRead === 0) throw new Error('the file became shorter while it was read')
    at += bytesRead
  }
  const piece = buffer.subarray(0, length)
  see(piece)
  return piece
}

async function writeSafely(dir: string, name: string, write: (file: FileHandle) => Promise<void>): Promise<void> {
  const part = join(dir, `${name}.part`)
  const file = await open(part, 'w')
  try {
    await write(file)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(part, join(dir, name))
  // The name is safe only when the directory is.
  const folder = await open(dir)
  await folder.sync().finally(() => folder.close())
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

function parsed(text: string): object {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : {}
  } catch {
    return {}
  }
}
