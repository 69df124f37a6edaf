/** The other tools: how each is built for a model, run and understood. Only runs are timed, not the making of programs. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Command, measure } from './measure.ts'
import { defines, missingPrograms, numberIn, type Tool } from './tool.ts'

const peerFile = (...path: string[]): string => fileURLToPath(new URL(join('peers', ...path), import.meta.url))

/** SPIN's depth-first stack. A shorter one cuts the search short, which it tells in one line. */
const SPIN_DEPTH = 1_000_000

/** A hand-written search in C, compiled for one model: how fast this graph can be explored at all. */
function yardstick(name: string, flags: readonly string[]): Tool {
  return {
    name,
    missing: missingPrograms({ gcc: 'gcc' }),
    async prepare({ c }, cwd) {
      if (c === undefined) return null
      const args = ['-O3', '-march=native', ...flags, ...defines(c.defines), '-o', 'model', peerFile('c', c.source)]
      await measure({ program: 'gcc', args, cwd })
      return { program: './model', args: [], cwd }
    },
    read: (output) => ({
      generated: numberIn(output, /(\d+) generated/),
      distinct: numberIn(output, /(\d+) distinct/),
      searchSeconds: numberIn(output, /([\d.]+) s,/),
    }),
  }
}

const spin: Tool = {
  name: 'SPIN',
  missing: missingPrograms({ spin: 'spin', gcc: 'gcc' }),
  async prepare({ promela }, cwd) {
    if (promela === undefined) return null
    const source = peerFile('promela', promela.source)
    await measure({ program: 'spin', args: ['-o2', '-o3', ...defines(promela.defines), '-a', source], cwd })
    const limits = ['-DSAFETY', '-DNOFAIR', '-DNOREDUCE', '-DMEMLIM=20000']
    await measure({ program: 'gcc', args: ['-O2', '-w', ...limits, '-o', 'pan', 'pan.c'], cwd })
    return { program: './pan', args: [`-m${SPIN_DEPTH}`, '-w24'], cwd }
  },
  read(output) {
    if (!/errors: 0/.test(output) || /max search depth too small|Search not completed/.test(output)) {
      throw new Error(`SPIN did not finish without errors:\n${output.slice(0, 2000)}`)
    }
    return {
      distinct: numberIn(output, /(\d+) states, stored/),
      generated: numberIn(output, /([\d.e+]+) transitions/),
      digits: 8,
      searchSeconds: numberIn(output, /elapsed time ([\d.]+) seconds/),
    }
  },
}

const rumur: Tool = {
  name: 'Rumur',
  missing: missingPrograms({ rumur: 'rumur', gcc: 'gcc' }),
  async prepare({ murphi }, cwd) {
    if (murphi === undefined) return null
    let text = readFileSync(peerFile('murphi', murphi.source), 'utf8')
    for (const [name, value] of Object.entries(murphi.constants)) {
      text = text.replace(new RegExp(`\\b${name}: \\d+;`), `${name}: ${value};`)
    }
    writeFileSync(join(cwd, 'model.m'), text)
    const options = ['--deadlock-detection', 'off', '--threads', '1']
    await measure({ program: 'rumur', args: [...options, '-o', 'model.c', 'model.m'], cwd })
    const flags = ['-std=c11', '-O3', '-march=native', '-mcx16']
    await measure({ program: 'gcc', args: [...flags, '-o', 'model', 'model.c', '-lpthread'], cwd })
    return { program: './model', args: [], cwd }
  },
  read(output) {
    if (!/No error found/.test(output)) throw new Error(`Rumur found an error:\n${output.slice(-2000)}`)
    return {
      distinct: numberIn(output, /(\d+) states, \d+ rules fired/),
      // It counts what rules made; the initial state is made by none.
      generated: numberIn(output, /states, (\d+) rules fired/) + 1,
      searchSeconds: null,
    }
  },
}

const jar = process.env.TLC_JAR

const tlc: Tool = {
  name: 'TLC',
  missing:
    missingPrograms({ java: 'default-jre-headless' }) ??
    (jar === undefined ? 'no Debian package: let TLC_JAR name a tla2tools.jar' : null),
  async prepare({ tla }, cwd): Promise<Command | null> {
    if (tla === undefined) return null
    const { module, constants, invariants } = tla
    writeFileSync(join(cwd, `${module}.tla`), readFileSync(peerFile('tla', `${module}.tla`)))
    const values = Object.entries(constants).map(([name, value]) => `CONSTANT ${name} = ${value}`)
    writeFileSync(
      join(cwd, 'model.cfg'),
      [...values, `INVARIANT ${invariants.join(' ')}`, 'SPECIFICATION Spec', ''].join('\n'),
    )
    const java = ['-XX:+UseParallelGC', '-cp', jar!, 'tlc2.TLC']
    const options = ['-noGenerateSpecTE', '-deadlock', '-workers', '1', '-config', 'model.cfg']
    return { program: 'java', args: [...java, ...options, `${module}.tla`], cwd }
  },
  read: (output) => ({
    generated: numberIn(output, /^([\d,]+) states generated, [\d,]+ distinct states found, 0 states left/m),
    distinct: numberIn(output, /states generated, ([\d,]+) distinct states found, 0 states left/),
    searchSeconds: null,
  }),
}

export const peers: readonly Tool[] = [
  yardstick('C, prefetching', []),
  yardstick('C, plain', ['-DRING=0']),
  spin,
  rumur,
  tlc,
]
