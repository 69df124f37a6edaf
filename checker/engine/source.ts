/** Where a model comes from, so that other threads can build the same one: a module, an export of it, and arguments. */
import { SpecError } from '../language/errors.ts'
import type { Model } from '../language/model.ts'

export interface ModelSource {
  /** URL of the module */
  readonly module: string
  /** the export: a model, a spec with constants, or a function that returns a model */
  readonly name: string
  /** what the function is called with, or `[constants]` for a spec; must survive structured cloning */
  readonly args: readonly unknown[]
  /** names of the claims to keep; all when absent */
  readonly claims?: readonly string[]
}

/** The same model with only the named claims. */
export function onlyClaims(model: Model, names: readonly string[] | undefined): Model {
  return names === undefined ? model : { ...model, claims: model.claims.filter(({ name }) => names.includes(name)) }
}

const EXAMPLE = `
    import { model, range, when } from 'mmcheck'
    export const spec = model('Counter', { state: { n: range(0, 3) } }, {
      init: (s) => { s.n = 0 }, actions: { Up: (s) => { when(s.n < 3); s.n++ } }, deadlock: 'off' })`

/**
 * Loads the model; throws a SpecError when the module cannot be loaded or exports no model under that name. `loaded` is
 * the module, where it is there already.
 */
export async function loadModel(source: ModelSource, loaded?: object): Promise<Model> {
  return onlyClaims(await buildModel(source, loaded ?? (await load(source))), source.claims)
}

async function buildModel(source: ModelSource, module: object): Promise<Model> {
  const exported = (module as Record<string, unknown>)[source.name]
  if (typeof exported === 'function') return exported(...source.args) as Model
  if (isSpec(exported)) return exported.build(...(source.args as [Record<string, never>]))
  if (isModel(exported)) return exported
  throw new SpecError(
    `${source.module} exports no model named '${source.name}'`,
    exported === undefined ? 'there is no such export' : `the export is a ${typeof exported}`,
    `a spec file looks like this:${EXAMPLE}`,
  )
}

async function load(source: ModelSource): Promise<object> {
  try {
    return (await import(source.module)) as object
  } catch (thrown) {
    if (thrown instanceof SpecError) throw thrown
    throw new SpecError(
      `${source.module} cannot be loaded: ${thrown instanceof Error ? thrown.message : String(thrown)}`,
      'the file does not exist, does not parse, or throws while it is loaded',
      `a spec file looks like this:${EXAMPLE}`,
    )
  }
}

function isSpec(value: unknown): value is { constants: object; build(values: object): Model } {
  return typeof value === 'object' && value !== null && 'constants' in value && 'build' in value
}

function isModel(value: unknown): value is Model {
  return typeof value === 'object' && value !== null && 'instances' in value && 'domain' in value
}
