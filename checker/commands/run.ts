/** Runs the check of one target the way every verb does: with the options given, progress, and Ctrl-C. */
import { tmpdir } from 'node:os'
import { type CheckOptions, check } from '../check.ts'
import type { CheckpointEvent } from '../engine/checkpoint.ts'
import type { SearchOptions, SpillEvent } from '../engine/search.ts'
import type { Verdict } from '../verdict.ts'
import type { Io } from './io.ts'
import type { SearchFlags } from './options.ts'
import { checkpointText, progressLine, spillText } from './progress.ts'
import type { Target } from './target.ts'

/** How `--quiet`, the limits and the terminal bear on a search of the target. `end` takes the progress line away. */
export function searchOptions(target: Target, flags: SearchFlags, io: Io): { options: SearchOptions; end: () => void } {
  // The reference engine hears nothing while it works, so there Ctrl-C keeps its usual effect.
  if (flags.engine !== 'reference') io.interrupt.listen()
  const line = progressLine([target.name, target.kernel].filter(Boolean).join(' '), io, flags.quiet ?? false)
  const { maxStates, maxDepth, maxMemory, symmetry } = flags
  return {
    options: {
      workers: flags.workers,
      source: target.source,
      ...(maxStates === undefined ? {} : { maxStates }),
      ...(maxDepth === undefined ? {} : { maxDepth }),
      ...(maxMemory === undefined ? {} : { maxMemory }),
      ...(symmetry === undefined ? {} : { symmetry }),
      ...(flags.checkpoint === undefined
        ? {}
        : {
            checkpoint: {
              dir: flags.checkpoint,
              about: [target.name, target.variant].filter(Boolean).join(', '),
              ...(flags.resume === undefined ? {} : { resume: flags.resume }),
              ...(flags.checkpointEvery === undefined ? {} : { every: flags.checkpointEvery }),
            },
            onCheckpoint: (event: CheckpointEvent) => {
              const text = checkpointText(event)
              if (text === '') return
              line.end()
              io.err(text)
            },
          }),
      ...(flags.compress === undefined ? {} : { compress: flags.compress }),
      ...(flags.spill === true
        ? {
            spill: { dir: flags.spillDir ?? tmpdir() },
            onSpill(event: SpillEvent) {
              line.end()
              io.err(spillText(event))
            },
          }
        : {}),
      onProgress: line.tell,
      signal: io.interrupt.signal,
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
    // A short search never pauses: let a Ctrl-C that came during it be heard before the next one.
    await new Promise((resolve) => setImmediate(resolve))
  }
}
