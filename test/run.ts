/** Runs every test file in a process of its own, two at a time, and ends with one line: N passed, N failed. */
import { spawn } from 'node:child_process'
import { readdirSync } from 'node:fs'

interface Tally {
  readonly file: string
  readonly passed: number
  readonly failed: number
  readonly seconds: number
  readonly output: string
}

const folder = new URL('.', import.meta.url)
const wanted = process.argv.slice(2)
const files = readdirSync(folder)
  .filter((name) => name.endsWith('.test.ts') && (wanted.length === 0 || wanted.some((part) => name.includes(part))))
  .sort()

/** Runs one file. A file that dies, or ends without telling its totals, counts as one failure. */
function runFile(file: string): Promise<Tally> {
  return new Promise((resolve) => {
    const began = performance.now()
    const child = spawn(process.execPath, ['--import', 'tsx', new URL(file, folder).pathname], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    const collect = (chunk: Buffer) => {
      output += chunk
    }
    child.stdout.on('data', collect)
    child.stderr.on('data', collect)
    child.on('close', (code) => {
      const number = (word: string) => Number(new RegExp(`${word}:\\s+(\\d+)`).exec(output)?.[1] ?? Number.NaN)
      const [total, passed] = [number('Total'), number('Passed')]
      const died = Number.isNaN(total) || (code !== 0 && total === passed)
      resolve({
        file,
        passed: passed || 0,
        failed: died ? 1 : total - passed,
        seconds: (performance.now() - began) / 1000,
        output,
      })
    })
  })
}

const tallies: Tally[] = []
const queue = [...files]
await Promise.all(
  Array.from({ length: 2 }, async () => {
    for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
      const tally = await runFile(file)
      tallies.push(tally)
      console.log(
        `${tally.failed === 0 ? 'ok  ' : 'FAIL'} ${file}  ${tally.passed} passed  ${tally.seconds.toFixed(1)} s`,
      )
      if (tally.failed > 0) console.log(tally.output)
    }
  }),
)
const sum = (of: (tally: Tally) => number) => tallies.reduce((total, tally) => total + of(tally), 0)
const failed = sum(({ failed }) => failed) + (files.length === 0 ? 1 : 0)
console.log(`${sum(({ passed }) => passed)} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1
