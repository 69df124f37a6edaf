/**
 * Checkpoints: what a search has found, saved at the end of a level, so that it can go on after its process has died. The
 * states of each level are written once, into a file of the save in which they are new; a manifest, written last, names
 * the files and holds everything else. A checkpoint is continued only by the same model, which is looked at from outside
 * (names, variables, claims) and asked to do again what it did in a sample of the saved states.
 */
import { createHash, randomBytes } from 'node:crypto'
import { SpecError, show } from '../language/errors.ts'
import type { Model } from '../language/model.ts'
import {
  prepareDirectory,
  readManifest,
  readSegment,
  removeStrays,
  type SavedLevels,
  type Segment,
  writeManifest,
  writeSegment,
} from './checkpoint-files.ts'
import type { CoverageFlags } from './coverage.ts'
import type { Layout } from './layout.ts'
import type { IdRange } from './space.ts'

export interface CheckpointOptions {
  readonly dir: string
  /** go on from what the directory holds; otherwise it must hold no checkpoint */
  readonly resume?: boolean
  /** seconds of search between two saves; default 30 */
  readonly every?: number
  /** what else must be the same when it is resumed: the target and its settings, as the user names them */
  readonly about?: string
}

/** What happened to the checkpoint, for whoever tells the user. */
export interface CheckpointEvent {
  readonly kind: 'saved' | 'resumed' | 'failed'
  readonly dir: string
  readonly distinct: number
  readonly levels: number
  /** why it failed; else empty */
  readonly reason: string
  /** the search is over */
  readonly last: boolean
}

/** What a search knows at the end of a level, beside the states. */
export interface Mark {
  /** levels that are complete */
  readonly levels: number
  readonly distinct: number
  readonly generated: number
  readonly seconds: number
  /** the first number that no state has */
  readonly next: number
  /** of each claim, and of deadlocks: the level of the decision */
  readonly decided: readonly number[]
  readonly deadlockLevel: number
  readonly coverage: SavedCoverage
}

/** Flags as text of zeros and ones. */
export interface SavedCoverage {
  readonly enabled: string
  readonly premises: string
  readonly codes: readonly string[]
}

interface Manifest {
  readonly identity: Identity
  readonly mark: Mark
  readonly segments: readonly Segment[]
}

/** What must be the same, by what a message calls it. */
export type Identity = Readonly<Record<string, string>>

/** States that are asked again what the model does in them, for each file. */
const SAMPLE = 64

export class Checkpoint {
  readonly dir: string
  readonly #identity: Identity
  readonly #run = randomBytes(4).toString('hex')
  #segments: Segment[]
  /** levels that are saved */
  #levels: number
  /** what was saved last, before this search began; null when it begins anew */
  readonly mark: Mark | null

  private constructor(dir: string, identity: Identity, manifest: Manifest | null) {
    this.dir = dir
    this.#identity = identity
    this.#segments = [...(manifest?.segments ?? [])]
    this.#levels = manifest?.mark.levels ?? 0
    this.mark = manifest?.mark ?? null
  }

  /** Opens the directory of a checkpoint. Throws a SpecError when it is not what the options expect. */
  static async open({ dir, resume = false }: CheckpointOptions, identity: Identity): Promise<Checkpoint> {
    if (!resume) {
      if (await prepareDirectory(dir)) throw occupied(dir)
      await removeStrays(dir, [])
      return new Checkpoint(dir, identity, null)
    }
    const manifest = (await readManifest(dir)) as Manifest
    compareIdentities(dir, manifest.identity, identity)
    await prepareDirectory(dir)
    await removeStrays(dir, manifest.segments)
    return new Checkpoint(dir, identity, manifest)
  }

  /** Levels that are safe on the disk. */
  get saved(): number {
    return this.#levels
  }

  /** Reads the saved states back: the ranges of each level, then their records. */
  async load(
    stride: number,
    level: (ranges: readonly IdRange[]) => void,
    records: (first: number, piece: Int32Array) => Promise<void> | void,
  ): Promise<void> {
    for (const segment of this.#segments) await readSegment(this.dir, segment, stride, level, records)
  }

  /** Adds the levels that are new since the last save. `sample` computes the model's behaviour at some positions. */
  async save(
    mark: Mark,
    levels: SavedLevels,
    behaviour: (from: number, to: number, sample: number) => string,
  ): Promise<void> {
    const first = this.#levels + 1
    const segments = [...this.#segments]
    if (mark.levels >= first) {
      const file = `states-${this.#run}-${segments.length + 1}.bin`
      const [bytes, sha256] = await writeSegment(this.dir, file, levels)
      segments.push({
        file,
        bytes,
        sha256,
        first,
        levels: mark.levels - first + 1,
        behaviour: behaviour(Math.max(1, first - 1), mark.levels - 1, SAMPLE),
      })
    }
    await writeManifest(this.dir, { identity: this.#identity, mark, segments })
    this.#segments = segments
    this.#levels = mark.levels
  }

  /** Throws a SpecError where the model does not do any more what it did when the states were saved. */
  verify(behaviour: (from: number, to: number, sample: number) => string): void {
    for (const { first, levels, behaviour: saved } of this.#segments) {
      if (behaviour(Math.max(1, first - 1), first + levels - 2, SAMPLE) === saved) continue
      throw new SpecError(
        `the checkpoint in ${this.dir} is of a model that behaves differently`,
        'in a sample of the saved states, a step leads elsewhere or a claim says something else: the spec, or a module that it uses, has been changed since',
        'undo the change, or begin anew in another directory, without --resume',
      )
    }
  }
}

/** What tells the search of one model from that of another. */
export function searchIdentity(model: Model, layout: Layout, symmetry: boolean, about: string): Identity {
  const fields = layout.fields.map(({ word, shift, mask }) => `${word}:${shift}:${mask}`)
  return {
    target: about,
    model: model.name,
    variables: [...model.domain.cells.map(({ path, size }) => `${path}: ${size} values`), model.domain.text].join('\n'),
    steps: model.instances.map(({ actor, label }) => `${actor}: ${label}`).join('\n'),
    claims: model.claims.map(({ kind, name, sentence }) => `${kind} ${name}: ${sentence}`).join('\n'),
    symmetry: symmetry ? 'one state of each orbit is kept' : 'every state is kept',
    layout: createHash('sha256').update(fields.join()).digest('hex'),
  }
}

function compareIdentities(dir: string, saved: Identity, ours: Identity): void {
  for (const part of Object.keys(ours)) {
    if (saved[part] === ours[part]) continue
    throw new SpecError(
      `the checkpoint in ${dir} is of another search: it differs in the ${part}`,
      difference(saved[part] ?? '', ours[part]),
      'give the command that wrote the checkpoint, or begin anew in another directory, without --resume',
    )
  }
}

/** The first line in which two texts differ. */
function difference(saved: string, ours: string): string {
  const [before, now] = [saved.split('\n'), ours.split('\n')]
  const at = before.findIndex((line, index) => line !== now[index])
  const shown = (line: string | undefined) => (line === undefined || line === '' ? 'nothing' : show(line.slice(0, 80)))
  return at < 0
    ? `now there is also ${shown(now[before.length])}`
    : `it was ${shown(before[at])}, now it is ${shown(now[at])}`
}

function occupied(dir: string): SpecError {
  return new SpecError(
    `there is a checkpoint in ${dir} already`,
    'a search that begins anew would overwrite it',
    'add --resume to go on from it, name another directory, or remove this one',
  )
}

/** Coverage as text. */
export function savedCoverage({ enabled, premises, codes }: CoverageFlags): SavedCoverage {
  return { enabled: enabled.join(''), premises: premises.join(''), codes: codes.map((each) => each.join('')) }
}

/** Coverage from text. */
export function restoredCoverage({ enabled, premises, codes }: SavedCoverage): CoverageFlags {
  const bits = (text: string) => Uint8Array.from(text, Number)
  return { enabled: bits(enabled), premises: bits(premises), codes: codes.map(bits) }
}
