/** Targets that are files: `examples/two-phase.ts` is its export `spec`, `examples/two-phase.ts#other` another one. */
import { existsSync, readdirSync } from 'node:fs'
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path'
import { pathToFileURL } from 'node:url'
import { loadModel, type ModelSource } from '../engine/source.ts'
import type { Constants } from '../language/constants.ts'
import { SpecError } from '../language/errors.ts'
import { nearest } from './suggest.ts'

/** Tells a file from the name of a scenario. */
export const isSpecFile = (target: string): boolean => /\.[cm]?[jt]s(#.*)?$/.test(target) || /[/\\]/.test(target)

/**
 * Tells whether a command line is certain to be about spec files alone, before it is parsed. Every word that could be the name
 * of something else is a doubt.
 */
export function namesOnlySpecFiles([verb, ...rest]: readonly string[]): boolean {
  const plain = rest.every((word) => word.startsWith('-') || isSpecFile(word) || /^\d|=/.test(word))
  const asks = rest.some((word) => /^(-h|--help|--kernel)/.test(word))
  return (verb === 'check' || verb === 'graph') && rest.some(isSpecFile) && plain && !asks
}

export interface SpecFile {
  /** the target as it can be typed again in the same directory */
  readonly name: string
  readonly module: string
  readonly exportName: string
  readonly constants: Constants
  /** the export takes constants, so that a model is built with them */
  readonly settable: boolean
}

/** Finds the file and what it exports; throws a SpecError that says what was expected. */
export async function openSpecFile(target: string): Promise<SpecFile> {
  const [path, exportName = 'spec'] = target.split('#')
  const full = resolve(path)
  if (!existsSync(full)) throw missingFile(path)
  const shown = relative(process.cwd(), full)
  const short = (isAbsolute(path) && shown.startsWith('..') ? full : shown).split(sep).join('/')
  const module = pathToFileURL(full).href
  const exported = await exportsOf({ module, name: exportName, args: [] }, path)
  const others = Object.keys(exported).filter((name) => looksLikeModel(exported[name]))
  if (!(exportName in exported) && others.length > 0) {
    const name = nearest(exportName, others)
    throw new SpecError(
      `${path} has no export '${exportName}'`,
      `the models that it exports are ${others.join(', ')}`,
      `check ${path}#${name}`,
    )
  }
  const spec = exported[exportName]
  const settable = typeof spec === 'object' && spec !== null && 'constants' in spec
  return {
    name: exportName === 'spec' ? short : `${short}#${exportName}`,
    module,
    exportName,
    constants: settable ? (spec.constants as Constants) : {},
    settable,
  }
}

async function exportsOf(source: ModelSource, path: string): Promise<Record<string, unknown>> {
  try {
    return (await import(source.module)) as Record<string, unknown>
  } catch (thrown) {
    if (thrown instanceof SpecError) throw thrown.within(path)
    // The engine knows what to tell the author, but a second attempt need not fail with the same words.
    const again = await loadModel(source).catch((error: unknown) => error)
    if (!(again instanceof SpecError)) throw thrown
    const message = thrown instanceof Error ? thrown.message : String(thrown)
    throw new SpecError(`${path} cannot be loaded: ${message}`, again.why, again.hint)
  }
}

function looksLikeModel(value: unknown): boolean {
  return typeof value === 'object' && value !== null && ('build' in value || 'instances' in value)
}

function missingFile(path: string): SpecError {
  const folder = dirname(path)
  const files = existsSync(folder) ? readdirSync(folder).filter((name) => isSpecFile(name)) : []
  const suggestion = nearest(basename(path), files)
  return new SpecError(
    `there is no file ${path}`,
    suggestion === undefined
      ? `there are no spec files in ${resolve(folder)}`
      : `the nearest name in its folder is ${suggestion}`,
    suggestion === undefined
      ? 'give the path of a spec file, or the name of a scenario'
      : `did you mean ${join(folder, suggestion)}?`,
  )
}
