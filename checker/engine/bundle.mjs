/**
 * Loads TypeScript modules into a thread as one bundle that esbuild makes of them. To switch TypeScript on in a thread and
 * to load some hundred files one by one takes several times as long. Not every module stands it: whoever calls this must
 * have another way. Plain JavaScript, because it is what TypeScript is loaded with.
 */
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { Script } from 'node:vm'
import { build, stop } from 'esbuild'

const CHECKER = new URL('../', import.meta.url)
/** What a module may ask about itself, and how its answer is called in the bundle. */
const ITSELF = { url: '__moduleUrl', filename: '__moduleFile', dirname: '__moduleFolder' }
const ASKS = /\bimport\s*\.\s*meta\b(?:\s*\.\s*(\w+))?/g

/** Keeps what a module hears about itself true. */
const itself = {
  name: 'itself',
  setup({ onLoad }) {
    onLoad({ filter: /\.[cm]?[jt]sx?$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8')
      const asked = [...text.matchAll(ASKS)].map(([, what]) => what)
      if (asked.length === 0) return undefined
      if (!asked.every((what) => what in ITSELF)) return { errors: [{ text: `${path} asks what no bundle knows` }] }
      const answers = [pathToFileURL(path).href, path, dirname(path)].map((answer) => JSON.stringify(answer))
      const names = Object.values(ITSELF).map((name, at) => `${name} = ${answers[at]}`)
      return { contents: `const ${names.join(', ')}; ${text}`, loader: path.endsWith('x') ? 'tsx' : 'ts' }
    })
  },
}

/**
 * Resolves to the exports of a module of this folder, and under `spec` to those of a spec, which sees the same checker.
 * Rejects where they cannot be bundled, or fail while they are loaded.
 */
export async function loadBundled(entry, spec) {
  const { outputFiles } = await build({
    stdin: {
      contents: `export * from './engine/${entry}'; export * as spec from ${JSON.stringify(fileURLToPath(spec))}`,
      resolveDir: fileURLToPath(CHECKER),
    },
    alias: { mmcheck: fileURLToPath(new URL('index.ts', CHECKER)) },
    define: Object.fromEntries(Object.entries(ITSELF).map(([what, name]) => [`import.meta.${what}`, name])),
    nodePaths: [fileURLToPath(new URL('../node_modules', CHECKER))],
    plugins: [itself],
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    keepNames: true,
    tsconfigRaw: '{}',
    write: false,
    logLevel: 'silent',
  }).finally(stop)
  const module = { exports: {} }
  const script = new Script(`(module, require) => {${outputFiles[0].text}\n}`, { filename: entry })
  script.runInThisContext()(module, createRequire(CHECKER))
  return module.exports
}
