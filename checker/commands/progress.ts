/** Progress on standard error for whatever takes more than two seconds: a line redrawn in place, or now and then a line. */
import { statfsSync } from 'node:fs'
import type { Ora } from 'ora'
import { match } from 'ts-pattern'
import type { CheckpointEvent } from '../engine/checkpoint.ts'
import type { Progress, SpillEvent } from '../engine/search.ts'
import type { Io } from './io.ts'
import { bytes, grouped, rate, states } from './numbers.ts'

/** One line about work that goes on, which the next one replaces. */
export interface StatusLine {
  /** what is being done, after so many seconds of it */
  tell(text: string, seconds: number): void
  /** takes the line away, so that something else can be printed; it comes back with what is told next */
  end(): void
}

export interface ProgressLine {
  tell(progress: Progress): void
  end(): void
}

const SILENT_SECONDS = 2
const SECONDS_BETWEEN_LINES = 5

/** The progress of one search, named `title`. */
export function progressLine(title: string, io: Io, quiet: boolean): ProgressLine {
  const line = statusLine(io, quiet)
  return { tell: (progress) => line.tell(describe(title, progress), progress.seconds), end: line.end }
}

/** Says nothing for two seconds, and nothing at all when `quiet`. */
export function statusLine(io: Io, quiet: boolean): StatusLine {
  if (quiet) return { tell: () => {}, end: () => {} }
  return io.isTTY ? spinner() : lines(io)
}

function spinner(): StatusLine {
  let shown: Ora | null = null
  let wanted = false
  // Loaded where it is needed: most runs are over before.
  const load = async () => {
    const { default: ora } = await import('ora')
    // It must leave the keyboard alone: Ctrl-C is ours.
    if (wanted) shown ??= ora({ discardStdin: false, hideCursor: false }).start()
  }
  return {
    tell(text, seconds) {
      if (seconds < SILENT_SECONDS) return
      if (!wanted) {
        wanted = true
        void load()
      }
      if (shown !== null) shown.text = text
    },
    end() {
      shown?.stop()
      shown = null
      wanted = false
    },
  }
}

function lines(io: Io): StatusLine {
  let next = SILENT_SECONDS
  return {
    tell(text, seconds) {
      if (seconds < next) return
      next = seconds + SECONDS_BETWEEN_LINES
      io.err(`${text}\n`)
    },
    end: () => {},
  }
}

/** Where a search stands, in words. */
export function describe(title: string, progress: Progress): string {
  const { level, distinct, frontier, seconds } = progress
  if (progress.doing !== '') return `${title}: ${progress.doing}, ${states(distinct)}`
  const parts = [
    `level ${grouped(level)}`,
    states(distinct),
    rate(distinct, seconds),
    `frontier ${grouped(frontier)}`,
    bytes(progress.bytes),
  ]
  return `${title}: ${parts.filter((part) => part !== '').join(', ')}`
}

/** What became of a checkpoint; nothing where the search just goes on. */
export function checkpointText({ kind, dir, distinct, levels, reason, last }: CheckpointEvent): string {
  const what = `${states(distinct)} of ${grouped(levels)} levels`
  return match(kind)
    .with('resumed', () => `resumed: ${what}, from ${dir}\n`)
    .with('failed', () => `not saved: ${what}, in ${dir}: ${reason}${last ? '' : '; the search goes on'}\n`)
    .with('saved', () => (last ? `saved: ${what}, in ${dir}; --resume goes on from there\n` : ''))
    .exhaustive()
}

/** What is told when states go to disk, or cannot. */
export function spillText({ dir, distinct, reason }: SpillEvent): string {
  if (reason !== '') return `not written to disk: ${reason}; --spill-dir names another directory than ${dir}\n`
  const { bavail, bsize } = statfsSync(dir)
  return `memory full at ${states(distinct)}: going on with files in ${dir} (${bytes(bavail * bsize)} free), removed at the end\n`
}
