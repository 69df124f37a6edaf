/** Saved counterexamples: a folder with the race table, the replayable trace and the picture. */
import { writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { makeDirectory } from '../engine/directory.ts'
import { traceDot } from '../report/dot.ts'
import { raceTable } from '../report/race-table.ts'
import { renderSvg } from '../report/svg.ts'
import { type TraceOrigin, traceToJson } from '../report/trace-file.ts'
import type { Trace } from '../trace/trace.ts'
import { originOf, type Target } from './target.ts'

/** The name of the folder for what a target does: what was checked, where, and which claim failed. */
export function folderName({ name, kernel, settings }: Target, trace: Trace): string {
  const set = Object.entries(settings).map(([key, value]) => `${key}-${value}`)
  const what = trace.kind === 'deadlock' ? 'deadlock' : trace.claim
  return slug([basename(name).replace(/\.[cm]?[jt]s(#|$)/, '-'), kernel ?? '', ...set, what].join(' '))
}

/** Letters, digits and dots, everything else replaced by single dashes. */
export function slug(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9.]+/g, '-')
    .replace(/^[-.]+|[-.]+$/g, '')
    .slice(0, 100)
}

/** Writes race.txt, trace.json, trace.dot and trace.svg into a folder, which is made where it is missing. */
export async function saveTrace(folder: string, trace: Trace, origin: TraceOrigin): Promise<void> {
  const dot = traceDot(trace)
  const svg = await renderSvg(dot)
  makeDirectory(folder)
  writeFileSync(join(folder, 'race.txt'), raceTable(trace))
  writeFileSync(join(folder, 'trace.json'), traceToJson(trace, origin))
  writeFileSync(join(folder, 'trace.dot'), dot)
  writeFileSync(join(folder, 'trace.svg'), svg)
}

/** Saves each of the traces of a target in its own folder below `out`; returns the folders. */
export async function saveTraces(out: string, target: Target, traces: readonly Trace[]): Promise<string[]> {
  const folders: string[] = []
  for (const trace of traces) {
    const folder = freeName(join(out, folderName(target, trace)), folders)
    await saveTrace(folder, trace, originOf(target))
    folders.push(folder)
  }
  return folders
}

/** Names of claims that differ only in signs have the same slug: later ones get a number. */
function freeName(folder: string, taken: readonly string[]): string {
  if (!taken.includes(folder)) return folder
  for (let at = 2; ; at++) if (!taken.includes(`${folder}-${at}`)) return `${folder}-${at}`
}
