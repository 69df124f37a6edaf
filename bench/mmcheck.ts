/** mmcheck itself, run as its users run it: a whole process of the command line. */
import { fileURLToPath } from 'node:url'
import type { Tool } from './tool.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

/** mmcheck with a number of worker threads. */
export function mmcheck(workers: number): Tool {
  return {
    name: workers === 1 ? 'mmcheck' : `mmcheck, ${workers} workers`,
    missing: null,
    prepare: async ({ example: { file, settings } }) => ({
      program: process.execPath,
      args: [
        'bin/mmcheck.mjs',
        ...['check', file, '--json', '--quiet', '--workers', `${workers}`],
        ...Object.entries(settings).flatMap(([name, value]) => ['--set', `${name}=${value}`]),
      ],
      cwd: root,
    }),
    read(output) {
      const { verdict, distinct, generated, seconds } = JSON.parse(output)
      if (verdict !== 'holds') throw new Error(`mmcheck says '${verdict}' instead of 'holds'`)
      return { distinct, generated, searchSeconds: seconds }
    },
  }
}
