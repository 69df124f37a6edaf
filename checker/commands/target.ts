/** Targets: from the names, kernels and settings of a command line to models that can be checked. */
import { existsSync } from 'node:fs'
import type { Catalogue, Scenario } from '../catalogue.ts'
import { loadModel, type ModelSource } from '../engine/source.ts'
import type { Constants } from '../language/constants.ts'
import { SpecError, show } from '../language/errors.ts'
import type { Model } from '../language/model.ts'
import type { TraceOrigin } from '../report/trace-file.ts'
import { printSettings, type RawSettings, typedSettings } from './settings.ts'
import { isSpecFile, openSpecFile } from './spec-file.ts'
import { unknownName } from './suggest.ts'

export interface Target {
  /** as the command line names it */
  readonly name: string
  readonly scenario: Scenario | null
  /** the variant of a scenario; null for a spec file */
  readonly kernel: string | null
  /** what headers of reports call it: the kernel, and what was set */
  readonly variant: string
  /** what its verdicts are limited to, in words; may be empty */
  readonly bounds: string
  /** what was set otherwise than by default */
  readonly settings: Constants
  readonly source: ModelSource
  readonly model: Model
}

/** The models that a target names: one for a spec file, one for each kernel for a scenario (by default its newest). */
export async function openTarget(
  name: string,
  kernels: readonly string[],
  settings: RawSettings,
  catalogue: Catalogue,
): Promise<Target[]> {
  if (isSpecFile(name)) return [await openSpec(name, settings)]
  const scenario = findScenario(name, catalogue)
  const chosen = kernels.length > 0 ? kernels : [newest(scenario.variants)]
  for (const kernel of chosen) findKernel(kernel, scenario, catalogue)
  const typed = typedSettings(settings, scenario.constants, catalogue.switches)
  return Promise.all(chosen.map((kernel) => openScenario(scenario, kernel, typed)))
}

/** The last variant listed that is not an unmerged patch. */
export function newest(variants: readonly string[]): string {
  return variants.findLast((variant) => !variant.startsWith('patch:')) ?? variants[variants.length - 1]
}

/** The model of a scenario on one variant. */
export async function openScenario(scenario: Scenario, kernel: string, settings: Constants): Promise<Target> {
  const source = scenario.source(kernel, settings)
  const silent = scenario.silentOn?.(kernel, settings) ?? null
  if (silent !== null) {
    throw new SpecError(
      `${scenario.name} says nothing about ${kernel}`,
      silent,
      `name another kernel; its rows are ${scenario.variants.join(', ')}`,
    )
  }
  const set = printSettings(settings)
  return {
    name: scenario.name,
    scenario,
    kernel,
    variant: set === '' ? kernel : `${kernel}, ${set}`,
    bounds: set === '' ? scenario.bounds(settings) : `${scenario.bounds(settings)}; ${set}`,
    settings,
    source,
    model: await built(source, scenario.name),
  }
}

async function openSpec(name: string, raw: RawSettings): Promise<Target> {
  const file = await openSpecFile(name)
  const settings = typedSettings(raw, file.constants, [])
  const source = { module: file.module, name: file.exportName, args: file.settable ? [settings] : [] }
  const bounds = printSettings({ ...file.constants, ...settings })
  const model = await built(source, name)
  return { name: file.name, scenario: null, kernel: null, variant: bounds, bounds, settings, source, model }
}

async function built(source: ModelSource, name: string): Promise<Model> {
  try {
    const model = await loadModel(source)
    if (typeof model === 'object' && model !== null && 'instances' in model) return model
    throw new SpecError(
      `${name} returns no model`,
      `its export '${source.name}' returned ${show(model)}`,
      'end the function with return model(...)',
    )
  } catch (thrown) {
    if (thrown instanceof SpecError) throw withPath(thrown, source, name)
    throw new SpecError(
      `${name}: ${thrown instanceof Error ? thrown.message : String(thrown)}`,
      'the spec threw this exception while its model was built',
      'correct the spec, or set its constants to values that it allows',
    )
  }
}

/** People know a file by its path, not by its URL; and they must know which of several targets an error is about. */
function withPath(error: SpecError, source: ModelSource, name: string): SpecError {
  const named = new SpecError(error.message.replaceAll(source.module, name), error.why, error.hint)
  return named.message.includes(name) ? named : named.within(name)
}

/** The scenario of that name. */
export function findScenario(name: string, catalogue: Catalogue): Scenario {
  const scenario = catalogue.scenarios.find((each) => each.name === name)
  if (scenario !== undefined) return scenario
  const names = catalogue.scenarios.map((each) => each.name)
  const file = `examples/${name}.ts`
  if (existsSync(file)) {
    throw new SpecError(
      `there is no scenario '${name}'`,
      'spec files are given by their paths',
      `mmcheck check ${file}`,
    )
  }
  throw unknownName(
    'scenario',
    name,
    names,
    'mmcheck list scenarios shows every scenario; a spec file is given by its path',
  )
}

/** Refuses a kernel that neither the catalogue nor, where given, the scenario knows. */
export function findKernel(name: string, scenario: Scenario | null, catalogue: Catalogue): void {
  const known = [...catalogue.variants.map((each) => each.name), ...(scenario?.variants ?? [])]
  if (!known.includes(name)) throw unknownName('kernel', name, known, 'mmcheck list kernels shows every kernel')
}

/** The names of the claims to check: all that were asked for, which the model must have. Undefined means every claim. */
export function findClaims(names: readonly string[], { name, model }: Target): readonly string[] | undefined {
  if (names.length === 0) return undefined
  const known = model.claims.map((claim) => claim.name)
  for (const claim of names) {
    if (!known.includes(claim))
      throw unknownName('claim', claim, known, `the claims of ${name} are ${known.join(', ')}`)
  }
  return names
}

/** What a saved counterexample must know to build the model again. */
export function originOf({ name, kernel, settings }: Target): TraceOrigin {
  return {
    target: name,
    ...(kernel === null ? {} : { kernel }),
    ...(Object.keys(settings).length === 0 ? {} : { settings }),
  }
}
