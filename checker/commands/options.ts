/** The options of a search as the command line gives them, read from text. */
import { accessSync, constants, statSync } from 'node:fs'
import { parseSize } from '../engine/memory.ts'
import { SpecError } from '../language/errors.ts'

/** What verbs that search have in common. */
export interface SearchFlags {
  readonly kernel: readonly string[]
  readonly set: readonly string[]
  readonly claim: readonly string[]
  readonly workers: number
  readonly engine: 'tables' | 'reference'
  readonly maxStates?: number
  readonly maxDepth?: number
  readonly maxMemory?: number
  readonly out?: string
  readonly json?: boolean
  readonly quiet?: boolean
  readonly stats?: boolean
  /** false for --no-symmetry */
  readonly symmetry?: boolean
  readonly checkpoint?: string
  readonly checkpointEvery?: number
  readonly resume?: boolean
  /** false for --no-spill; absent where a verb needs every state in memory */
  readonly spill?: boolean
  readonly spillDir?: string
  readonly compress?: boolean
}

/** A whole number from 1. */
export function count(option: string): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (/^\d+$/.test(text) && Number.isSafeInteger(value) && value > 0) return value
    throw new SpecError(
      `${option} ${text} is not possible`,
      `${option} takes a whole number from 1`,
      `write for example ${option} 2`,
    )
  }
}

/** Any whole number. */
export function integer(option: string): (text: string) => number {
  return (text) => {
    if (/^-?\d+$/.test(text)) return Number(text)
    throw new SpecError(
      `${option} ${text} is not possible`,
      `${option} takes a whole number`,
      `write for example ${option} 1`,
    )
  }
}

/** A time in seconds, zero included. */
export function seconds(option: string): (text: string) => number {
  return (text) => {
    if (/^\d+(\.\d+)?$/.test(text)) return Number(text)
    throw new SpecError(
      `${option} ${text} is not possible`,
      `${option} takes a number of seconds`,
      `write for example ${option} 60`,
    )
  }
}

/** A number of bytes. */
export function size(option: string): (text: string) => number {
  return (text) => {
    const bytes = parseSize(text)
    if (bytes !== null && bytes > 0) return bytes
    throw new SpecError(
      `${option} ${text} is not possible`,
      `${option} takes a number of bytes, with K, M or G behind it`,
      `write for example ${option} 8G`,
    )
  }
}

/** A directory that files can be made in. */
export function directory(option: string): (text: string) => string {
  return (text) => {
    try {
      if (!statSync(text).isDirectory()) throw new Error('it is no directory')
      accessSync(text, constants.W_OK)
      return text
    } catch (thrown) {
      throw new SpecError(
        `${option} ${text} is not possible`,
        thrown instanceof Error ? thrown.message : String(thrown),
        'name a directory that exists and may be written to, on a disk with room for all states',
      )
    }
  }
}

/** Adds one more value of a repeatable option. */
export const collect = (value: string, before: readonly string[] = []): readonly string[] => [...before, value]
