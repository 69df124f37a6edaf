/** What every scenario of the kernel model tells the command line, beside its model: one text for all of them. */
import type { Answer, Expectation, Scenario } from '../checker/catalogue.ts'
import type { Constant, Constants, Model } from '../checker/language/index.ts'
import { type Kernel, kernel, withSettings } from '../spec/kernels.ts'
import type { Settings } from '../spec/switches/index.ts'
import { asSeenBy } from './watched-settings.ts'

export type { Expectation }

/** The settings of a command line: constants of a scenario and design switches, under their names. */
export type RawSettings = Readonly<Record<string, Constant>>

interface ScenarioText<C extends Constants> {
  readonly name: string
  /** the part of the kernel that it belongs to: what `mmcheck matrix AREA` selects */
  readonly area: string
  readonly about: string
  /** the kernels that the matrix shows */
  readonly rows: readonly string[]
  readonly constants: C
  /** the bounds in words */
  readonly bounds: (values: C) => string
  /** what is expected of each claim, by name, on a kernel */
  readonly expected: (kernelName: string) => Readonly<Record<string, Expectation>>
  /** why it says nothing about kernels with these settings; null for all others */
  readonly silentOn?: (settings: Settings) => string | null
  /** `import.meta.url` of the module, which exports the model on a kernel as `build(kernelName, settings)` */
  readonly module: string
  /** that export */
  readonly build: (kernelName: string, settings: RawSettings) => Model
  /** what the matrix says beside the verdicts, of the newest kernel or of those that it is asked for by name */
  readonly appendix?: (kernelName: string, settings: RawSettings) => Promise<Answer>
}

/** The scenario as the catalogue lists it, all but where its findings are shown. */
export function scenario<C extends Constants>(text: ScenarioText<C>): Omit<Scenario, 'finding'> {
  const { name, area, about, rows, constants, bounds, expected, silentOn, module, appendix } = text
  return {
    name,
    area,
    about,
    variants: rows,
    constants,
    bounds: (settings) => bounds({ ...constants, ...settings }),
    expected,
    source(variant, settings) {
      settle(variant, settings, constants)
      return { module, name: 'build', args: [variant, settings] }
    },
    ...(silentOn && {
      silentOn: (variant: string, settings: RawSettings) => silentOn(settle(variant, settings, constants).on.settings),
    }),
    ...(appendix === undefined ? {} : { appendix }),
  }
}

/**
 * The kernel and the constants that a command line asks for. Throws a SpecError for a setting that is neither a constant
 * of the scenario nor a switch with that value.
 */
export function settle<C extends Constants>(
  kernelName: string,
  settings: RawSettings,
  constants: C,
): { on: Kernel; values: C } {
  const set = Object.entries(settings)
  const own = set.filter(([name]) => name in constants)
  const switched = set.filter(([name]) => !(name in constants)).map(([name, value]) => [name, String(value)])
  return {
    on: asSeenBy(settings, withSettings(kernel(kernelName), Object.fromEntries(switched))),
    values: { ...constants, ...Object.fromEntries(own) },
  }
}
