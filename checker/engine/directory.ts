/** Makes directories for what is saved. */
import { existsSync, mkdirSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'

/**
 * Makes a directory, and those above it that are missing; one that is there is left as it is. Throws what the system says.
 * Node has that as an option, but asks again for ever where the system answers "no such file" although the directory above
 * is there, as Linux does below /proc.
 */
export function makeDirectory(dir: string): void {
  try {
    mkdirSync(dir)
  } catch (thrown) {
    if (statSync(dir, { throwIfNoEntry: false })?.isDirectory()) return
    const above = dirname(resolve(dir))
    if ((thrown as NodeJS.ErrnoException).code !== 'ENOENT' || existsSync(above)) throw thrown
    makeDirectory(above)
    mkdirSync(dir)
  }
}
