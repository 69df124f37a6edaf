/** Progress on standard error for whatever takes more than two seconds: a line redrawn in place, or now and then a line. */
import ora, { type Ora } from 'ora'
import type { Progress } from '../engine/search.ts'
import type { Io } from './io.ts'
import { bytes, grouped, rate, states } from './numbers.ts'

export interface ProgressLine {
  tell(progress: Progress): void
  /** takes the line away, so that the answer can be printed */
  end(): void
}

const SILENT_SECONDS = 2
const SECONDS_BETWEEN_LINES = 5

/** The progress of one search, named `title`. */
export function progressLine(title: string, io: Io, quiet: boolean): ProgressLine {
  if (quiet) return { tell: () => {}, end: () => {} }
  return io.isTTY ? spinner(title) : lines(title, io)
}

function spinner(title: string): ProgressLine {
  let shown: Ora | null = null
  return {
    tell(progress) {
      if (progress.seconds < SILENT_SECONDS) return
      // It must leave the keyboard alone: Ctrl-C is ours.
      shown ??= ora({ discardStdin: false, hideCursor: false }).start()
      shown.text = describe(title, progress)
    },
    end: () => shown?.stop(),
  }
}

function lines(title: string, io: Io): ProgressLine {
  let next = SILENT_SECONDS
  return {
    tell(progress) {
      if (progress.seconds < next) return
      next = progress.seconds + SECONDS_BETWEEN_LINES
      io.err(`${describe(title, progress)}\n`)
    },
    end: () => {},
  }
}

function describe(title: string, progress: Progress): string {
  const { level, distinct, frontier, seconds } = progress
  const parts = [
    `level ${grouped(level)}`,
    states(distinct),
    rate(distinct, seconds),
    `frontier ${grouped(frontier)}`,
    bytes(progress.bytes),
  ]
  return `${title}: ${parts.filter((part) => part !== '').join(', ')}`
}
