/**
 * The documentation is what the tool does: complete specs on its pages are checked, commands are run, and what a page
 * shows of their output is compared. In a page,
 *
 *     ```ts NAME.ts      is a complete spec, written to that file;
 *     ```diff FILE       changes a file (context and removed lines must occur exactly once);
 *     ```console         has commands after `$ `, each with its output; a line `...` stands for any lines;
 *     ```mermaid         is the output of the last command before it, where that shows none.
 *
 * Times and rates are not compared.
 */
import { execFile } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { test } from 'uvu'
import * as assert from 'uvu/assert'

const root = fileURLToPath(new URL('..', import.meta.url))
const scratch = mkdtempSync(join(tmpdir(), 'mmcheck-docs-'))
const program = `node ${JSON.stringify(join(root, 'bin/mmcheck.mjs'))}`

interface Block {
  readonly language: string
  /** what stands behind the language: a file name */
  readonly name: string
  readonly text: string
}

interface Command {
  readonly line: string
  /** null where the page shows no output */
  readonly shown: string | null
}

/** The fenced blocks of a page, in order. */
function blocksOf(page: string): Block[] {
  const text = readFileSync(join(root, page), 'utf8')
  return [...text.matchAll(/^```(\w+)(?: (\S+))?\n([\s\S]*?)^```$/gm)].map(([, language, name = '', body]) => ({
    language,
    name,
    text: body,
  }))
}

/** The commands of a console block with their outputs. */
function commandsOf(text: string): Command[] {
  return text
    .split(/^\$ /m)
    .slice(1)
    .map((part) => {
      const [line, ...shown] = part.split('\n')
      const output = shown.join('\n').trimEnd()
      return { line, shown: output === '' ? null : output }
    })
}

/** What a command line of a page runs here, or null for what the tests themselves are run by. */
function runnable(line: string, home: string): string | null {
  if (line === 'npm ci && npm test') return null
  const here = `node ${JSON.stringify(join(home, 'bin/mmcheck.mjs'))}`
  const tool = existsSync(join(home, 'bin/mmcheck.mjs')) ? here : program
  return line.replace('npm ci && npm start', `${tool} matrix`).replaceAll('npx mmcheck', tool)
}

/** Applies a diff without line numbers to a file. */
function change(file: string, diff: string): void {
  const lines = diff.trimEnd().split('\n')
  const side = (marks: string) =>
    lines
      .filter((line) => line === '' || marks.includes(line[0]))
      .map((line) => line.slice(1))
      .join('\n')
  const before = readFileSync(file, 'utf8')
  const parts = before.split(side(' -'))
  assert.is(parts.length, 2, `${file} must contain once:\n${side(' -')}`)
  writeFileSync(file, parts.join(side(' +')))
}

/** Output without what differs from run to run. */
function normal(text: string): string {
  return text
    .replace(/^\d[\d.,]* s, .*(\d+ workers?)$/gm, 'COST, $1')
    .replace(/ in [\d.]+ s$/gm, ' in TIME')
    .replace(/"seconds":[\d.]+/g, '"seconds":TIME')
    .trimEnd()
}

/** The text shown, with `...` lines for anything, must be what was printed. */
function compare(shown: string, printed: string, line: string): void {
  const [want, got] = [normal(shown), normal(printed)]
  if (!want.split('\n').includes('...')) {
    assert.fixture(got, want, `$ ${line}`)
    return
  }
  let rest = `\n${got}\n`
  for (const part of want.split(/^\.\.\.$/m).map((each) => each.replace(/^\n|\n$/g, ''))) {
    const at = rest.indexOf(`\n${part}\n`)
    assert.ok(
      part === '' || at >= 0,
      `$ ${line}\ndoes not print, at this place:\n${part}\nbut:\n${rest.slice(0, 2000)}`,
    )
    if (part !== '') rest = rest.slice(at + part.length + 1)
  }
}

const shell = promisify(execFile)

async function printed(line: string, folder: string): Promise<string> {
  const options = { cwd: folder, env: { ...process.env, FORCE_COLOR: '' }, maxBuffer: 1 << 26 }
  return shell('sh', ['-c', `{ ${line}\n} 2>&1`], options).then(
    ({ stdout }) => stdout,
    (failed: { stdout: string }) => failed.stdout,
  )
}

/** Does what a page says, in a folder. */
async function follow(page: string, folder: string): Promise<void> {
  const blocks = blocksOf(page)
  for (const [at, { language, name, text }] of blocks.entries()) {
    if (language === 'ts' && name !== '') writeFileSync(join(folder, name), text)
    if (language === 'diff') change(join(folder, name), text)
    if (language !== 'console') continue
    for (const { line, shown } of commandsOf(text)) {
      const command = runnable(line, folder)
      const next = blocks[at + 1]
      const wanted = shown ?? (next?.language === 'mermaid' ? next.text : null)
      if (command === null) continue
      const output = await printed(command, folder)
      if (wanted !== null) compare(wanted, output, line)
      assert.not.match(output, /internal error|^\s+at .+:\d+:\d+/m, `$ ${line}`)
    }
  }
}

/** A folder as a reader of the tutorial has it: a package of its own with mmcheck installed. */
function makePackage(folder: string): void {
  mkdirSync(join(folder, 'node_modules'), { recursive: true })
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }\n')
  symlinkSync(root, join(folder, 'node_modules/mmcheck'), 'dir')
}

/** A copy of the sources, to be changed. */
function makeClone(folder: string): void {
  for (const name of [
    'bin',
    'checker',
    'spec',
    'invariants',
    'questions',
    'counterexamples',
    'examples',
    'catalogue.ts',
    'mmcheck.ts',
    'package.json',
    'tsconfig.json',
  ]) {
    cpSync(join(root, name), join(folder, name), { recursive: true })
  }
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'dir')
}

const pages = [
  'README.md',
  ...readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
]

/** What is wrong with each page, null where nothing is. Two pages are followed at a time. */
const verdicts = new Map<string, unknown>()
const queue = [...pages]
const followed = Promise.all(
  Array.from({ length: 2 }, async () => {
    for (let page = queue.shift(); page !== undefined; page = queue.shift()) {
      const folder = join(scratch, page)
      if (page === 'docs/your-own-spec.md') makePackage(folder)
      else if (blocksOf(page).some(({ name }) => name !== '')) makeClone(folder)
      const wrong = await follow(page, existsSync(folder) ? folder : root).then(
        () => null,
        (thrown: unknown) => thrown,
      )
      verdicts.set(page, wrong)
    }
  }),
)

for (const page of pages) {
  test(`${page}: every command does what the page shows`, async () => {
    await followed
    if (verdicts.get(page) !== null) throw verdicts.get(page)
  })

  test(`${page}: every link leads somewhere`, () => {
    const text = readFileSync(join(root, page), 'utf8')
    const links = [...text.matchAll(/\]\(([^)#]+)[^)]*\)/g)].map(([, link]) => link)
    const broken = links.filter((link) => !link.startsWith('https:') && !existsSync(join(root, dirname(page), link)))
    assert.equal(broken, [])
  })
}

test('the specs of the pages compile as the tutorial says', async () => {
  const folder = join(scratch, 'types')
  mkdirSync(folder)
  for (const { language, name, text } of pages.flatMap(blocksOf)) {
    if (language === 'ts' && name !== '') writeFileSync(join(folder, name), text)
  }
  const compilerOptions = {
    module: 'NodeNext',
    strict: true,
    noEmit: true,
    allowImportingTsExtensions: true,
    skipLibCheck: true,
    types: ['node'],
    typeRoots: [join(root, 'node_modules/@types')],
    paths: { mmcheck: [join(root, 'checker/index.ts')] },
  }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts'] }))
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }\n')
  const errors = await printed(`${JSON.stringify(join(root, 'node_modules/.bin/tsc'))} -p .`, folder)
  // Faults of the checker itself are for its own type check.
  assert.equal(
    errors.split('\n').filter((line) => /^\w/.test(line)),
    [],
  )
})

test.after(() => rmSync(scratch, { recursive: true, force: true }))

test.run()
