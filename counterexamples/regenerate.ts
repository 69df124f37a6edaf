/**
 * Makes every file of this folder from what the checker finds now, or those of the areas that are named; with `--check`
 * it compares instead of writing, and exits 1 when a committed file differs.
 */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { catalogue } from '../catalogue.ts'
import { loadModel } from '../checker/engine/source.ts'
import { check, SpecError } from '../checker/index.ts'
import { traceDot } from '../checker/report/dot.ts'
import { raceTable } from '../checker/report/race-table.ts'
import { renderSvg } from '../checker/report/svg.ts'
import { traceToJson } from '../checker/report/trace-file.ts'
import type { Trace } from '../checker/trace/trace.ts'
import type { Finding } from './findings/finding.ts'
import { findings } from './findings/index.ts'

/** The files of one finding, by name. Throws a SpecError when the checker does not find it any more. */
export async function filesOf(finding: Finding): Promise<Map<string, string>> {
  const trace = await traceOf(finding)
  const origin = { target: finding.scenario, kernel: finding.kernel, settings: finding.settings ?? {} }
  const table = `${raceTable(trace)}`
  return new Map([
    ['README.md', readme(finding, table)],
    ['race.txt', table],
    ['trace.json', traceToJson(trace, origin)],
    ['trace.svg', await renderSvg(traceDot(trace))],
  ])
}

async function traceOf({ scenario, kernel, claim, folder, settings = {} }: Finding): Promise<Trace> {
  const found = catalogue.scenarios.find(({ name }) => name === scenario)!
  const model = await loadModel(found.source(kernel, settings))
  const verdict = await check(model, { variant: kernel, claims: [claim], untilDecided: true })
  if (verdict.fault !== null) throw verdict.fault.error.within(folder)
  const trace = verdict.claims.find(({ name }) => name === claim)?.trace
  if (trace === undefined || trace === null || trace.kind !== 'violation') {
    throw new SpecError(
      `${folder} is not found any more`,
      `${scenario} on ${kernel} does not violate ${claim}`,
      'correct the model, or remove the finding',
    )
  }
  return trace
}

function readme(finding: Finding, table: string): string {
  const { scenario, kernel, claim, settings = {} } = finding
  const set = Object.entries(settings).map(([name, value]) => ` --set "${name}=${value}"`)
  const command = `npx mmcheck check ${scenario} --kernel ${kernel}${set.join('')} --claim ${claim}`
  return `<!-- made by: npm run gallery -->
# ${finding.title}

**Where:** ${finding.range}

${finding.explanation}

\`\`\`text
${table.trimEnd()}
\`\`\`

![the same trace as a picture](trace.svg)

Show it: \`${command}\`.
Replay it: \`npx mmcheck trace counterexamples/${finding.folder}/trace.json\`.
`
}

const here = new URL('.', import.meta.url)

const areaOf = (folder: string): string => folder.split('/')[0]

/** The findings of some areas; of all when none is named. */
const findingsIn = (areas: readonly string[]): readonly Finding[] =>
  findings.filter(({ folder }) => areas.length === 0 || areas.includes(areaOf(folder)))

/** The committed files that differ from what the checker finds now, with the reason. */
export async function differences(areas: readonly string[] = []): Promise<string[]> {
  const different: string[] = []
  for (const finding of findingsIn(areas)) {
    const folder = new URL(`${finding.folder}/`, here)
    const made = await filesOf(finding)
    const committed = await readdir(folder).catch(() => [] as string[])
    for (const name of committed)
      if (!made.has(name)) different.push(`${finding.folder}/${name} is not made by any finding`)
    for (const [name, text] of made) {
      const old = await readFile(new URL(name, folder), 'utf8').catch(() => null)
      if (old !== text)
        different.push(
          `${finding.folder}/${name} ${old === null ? 'is missing' : 'differs from what the checker finds now'}`,
        )
    }
  }
  const known = new Set(findings.map(({ folder }) => folder))
  for (const folder of await committedFolders())
    if (!known.has(folder)) different.push(`${folder}/ belongs to no finding`)
  return different
}

/** Every folder of an area, as `pinning/pin-leak`. */
async function committedFolders(): Promise<string[]> {
  const below = async (path: string) => {
    const entries = await readdir(new URL(path, here), { withFileTypes: true })
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name)
  }
  const areas = (await below('.')).filter((name) => name !== 'findings')
  return (await Promise.all(areas.map(async (area) => (await below(area)).map((name) => `${area}/${name}`)))).flat()
}

/** Writes every file of some areas anew; of all when none is named. */
export async function regenerate(areas: readonly string[] = []): Promise<void> {
  for (const finding of findingsIn(areas)) {
    const folder = new URL(`${finding.folder}/`, here)
    await rm(folder, { recursive: true, force: true })
    await mkdir(folder, { recursive: true })
    for (const [name, text] of await filesOf(finding)) await writeFile(new URL(name, folder), text)
  }
}

if (process.argv[1] !== undefined && import.meta.url === new URL(`file://${process.argv[1]}`).href) {
  const areas = process.argv.slice(2).filter((argument) => argument !== '--check')
  const unknown = areas.find((area) => findingsIn([area]).length === 0)
  if (unknown !== undefined) {
    const known = [...new Set(findings.map(({ folder }) => areaOf(folder)))]
    console.error(`there is no area '${unknown}'; the areas with findings are ${known.join(', ')}`)
    process.exitCode = 2
  } else if (process.argv.includes('--check')) {
    const different = await differences(areas)
    for (const line of different) console.error(line)
    if (different.length > 0) console.error('run `npm run gallery`, look at what changed, and commit it')
    process.exitCode = different.length > 0 ? 1 : 0
  } else {
    await regenerate(areas)
  }
}
