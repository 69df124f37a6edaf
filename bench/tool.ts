/** Tools: what a model checker needs to take part, and how its numbers are read. */
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import type { Command } from './measure.ts'
import type { BenchModel } from './models.ts'

/** What a tool says about a run. */
export interface Report {
  readonly distinct: number
  /** initial states included */
  readonly generated: number
  /** significant digits of `generated`, where the tool rounds it */
  readonly digits?: number
  /** as the tool times itself, null where it does not or only in whole seconds */
  readonly searchSeconds: number | null
  /** bytes for each state, without the rest of the process; where the tool says so */
  readonly stateBytes?: number
}

export interface Tool {
  readonly name: string
  /** what is missing on this machine, and how to get it; null when nothing is */
  readonly missing: string | null
  /** Prepares a model in an empty folder and returns the command to be timed; null when there is no such model. */
  prepare(model: BenchModel, folder: string): Promise<Command | null>
  /** Reads the output of a finished run; throws when it does not say that everything was explored without error. */
  read(output: string): Report
}

/** Tells whether a program is on the path. */
export function installed(program: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}

/** The message for programs that are not installed, by the Debian packages that bring them. */
export function missingPrograms(programs: Readonly<Record<string, string>>): string | null {
  const packages = Object.entries(programs).flatMap(([program, name]) => (installed(program) ? [] : [name]))
  return packages.length === 0 ? null : `apt-get install ${packages.join(' ')}`
}

/** The number that the first group of a pattern finds, commas left out. */
export function numberIn(output: string, pattern: RegExp): number {
  const found = pattern.exec(output)
  if (found === null) throw new Error(`no ${pattern} in this output:\n${output.slice(-2000)}`)
  return Number(found[1].replaceAll(',', ''))
}

/** `-DN=7`. */
export const defines = (sizes: Readonly<Record<string, number>>): string[] =>
  Object.entries(sizes).map(([name, value]) => `-D${name}=${value}`)
