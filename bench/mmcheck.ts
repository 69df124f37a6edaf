/** mmcheck itself, run as its users run it: a whole process of the command line. */
import { fileURLToPath } from 'node:url'
import type { BenchModel } from './models.ts'
import type { Tool } from './tool.ts'

export const root = fileURLToPath(new URL('..', import.meta.url))

/** The command that checks a target. */
export const checkCommand = (target: string, settings: BenchModel['target']['settings'], ...options: string[]) => ({
  program: process.execPath,
  args: [
    'bin/mmcheck.mjs',
    ...['check', target, '--json', '--quiet', ...options],
    ...Object.entries(settings).flatMap(([name, value]) => ['--set', `${name}=${value}`]),
  ],
  cwd: root,
  // A claim that is violated, as it should be on some kernels.
  accepted: [1],
})

function read(output: string): ReturnType<Tool['read']> {
  const { complete, distinct, generated, seconds, bytesPerState } = JSON.parse(output)
  if (!complete) throw new Error('mmcheck did not explore everything')
  return { distinct, generated, searchSeconds: seconds, stateBytes: bytesPerState }
}

/** mmcheck with a number of worker threads. */
export function mmcheck(workers: number): Tool {
  return {
    name: workers === 1 ? 'mmcheck' : `mmcheck, ${workers} workers`,
    missing: null,
    prepare: async ({ target }) => checkCommand(target.name, target.settings, '--workers', `${workers}`),
    read,
  }
}

/** mmcheck on the same model in another style of writing. */
export const otherStyle: Tool = {
  name: 'the other style',
  missing: null,
  prepare: async ({ otherStyle: other, target }) =>
    other === undefined ? null : checkCommand(other.file, target.settings),
  read,
}
