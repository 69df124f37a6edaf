/** Runs the check of one target the way every verb does: with the options given, progress, and Ctrl-C. */
import type { SearchOptions } from '../engine/search.ts'
import { type CheckOptions, check } from '../verdict/check.ts'
import type { Verdict } from '../verdict/verdict.ts'
import type { Io } from './io.ts'
import type { SearchFlags } from './options.ts'
import { progressLine } from './progress.ts'
import type { Target } from './target.ts'

/** How `--quiet`, the limits and the terminal bear on a search of the target. `end` takes the progress line away. */
export function searchOptions(target: Target, flags: SearchFlags, io: Io): { options: SearchOptions; end: () => void } {
  const line = progressLine([target.name, target.kernel].filter(Boolean).join(' '), io, flags.quiet ?? false)
  const { maxStates, maxDepth, maxMemory } = flags
  return {
    options: {
      workers: flags.workers,
      source: target.source,
      ...(maxStates === undefined ? {} : { maxStates }),
      ...(maxDepth === undefined ? {} : { maxDepth }),
      ...(maxMemory === undefined ? {} : { maxMemory }),
      onProgress: line.tell,
      // The reference engine hears nothing while it works, so there Ctrl-C keeps its usual effect.
      ...(flags.engine === 'reference' ? {} : { signal: io.interruptible() }),
    },
    end: line.end,
  }
}

/** The verdict on a target, on the claims named (all when undefined). */
export async function runCheck(
  target: Target,
  claims: readonly string[] | undefined,
  flags: SearchFlags,
  io: Io,
): Promise<Verdict> {
  const { options, end } = searchOptions(target, flags, io)
  const all: CheckOptions = {
    ...options,
    variant: target.variant,
    engine: flags.engine,
    ...(claims === undefined ? {} : { claims }),
  }
  try {
    return await check(target.model, all)
  } finally {
    end()
  }
}

/** Tells whether Ctrl-C was pressed during an earlier search. */
export const interrupted = (flags: SearchFlags, io: Io): boolean =>
  flags.engine !== 'reference' && io.interruptible().aborted
