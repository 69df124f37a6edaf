/** One run of a program: what it printed, how long it took, and how much memory it had at its peak. */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'

export interface Command {
  readonly program: string
  readonly args: readonly string[]
  readonly cwd: string
  /** exit codes beside 0 that are no failure */
  readonly accepted?: readonly number[]
}

export interface Run {
  readonly output: string
  /** of the whole process, from its start to its end */
  readonly seconds: number
  /** processor time of all its threads, null where nothing on this machine can tell; other programs disturb it less */
  readonly cpuSeconds: number | null
  /** bytes, null where nothing on this machine can tell */
  readonly peak: number | null
}

const TIME = '/usr/bin/time'
const USER = /User time \(seconds\): ([\d.]+)/
const SYSTEM = /System time \(seconds\): ([\d.]+)/
const PEAK = /Maximum resident set size \(kbytes\): (\d+)/

/** Runs a command to its end; rejects when it fails. */
export function measure({ program, args, cwd, accepted = [] }: Command): Promise<Run> {
  const timed = existsSync(TIME)
  const [file, ...rest] = timed ? [TIME, '-v', program, ...args] : [program, ...args]
  return new Promise((resolve, reject) => {
    const began = performance.now()
    const child = spawn(file, rest, { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    let errors = ''
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk
    })
    child.stderr.on('data', (chunk: Buffer) => {
      errors += chunk
    })
    child.on('error', reject)
    child.on('close', (code) => {
      const seconds = (performance.now() - began) / 1000
      const found = (pattern: RegExp) => (timed ? Number(pattern.exec(errors)?.[1]) : Number.NaN)
      const known = (value: number) => (Number.isNaN(value) ? null : value)
      const cpuSeconds = known(found(USER) + found(SYSTEM))
      if (code === 0 || accepted.includes(code ?? -1))
        resolve({ output, seconds, cpuSeconds, peak: known(found(PEAK) * 1024) })
      else reject(new Error(`${[program, ...args].join(' ')} ended with ${code}:\n${errors}${output}`.slice(0, 4000)))
    })
  })
}

/** The middle one, or the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const half = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2
}
