/** `--set NAME=VALUE`: constants of a model and design switches, as text from the command line and as typed values. */
import type { Switch } from '../catalogue.ts'
import type { Constant, Constants } from '../language/constants.ts'
import { SpecError, show } from '../language/errors.ts'
import { unknownName } from './suggest.ts'

/** Settings as they were typed. */
export type RawSettings = ReadonlyMap<string, string>

/** Splits `NAME=VALUE` arguments; a name that is set twice keeps its last value. */
export function parseSettings(given: readonly string[]): RawSettings {
  return new Map(
    given.map((each) => {
      const at = each.indexOf('=')
      if (at < 1) {
        throw new SpecError(
          `--set ${each} sets nothing`,
          'it needs a name and a value with = between them',
          'write for example --set RMs=7',
        )
      }
      return [each.slice(0, at).trim(), each.slice(at + 1).trim()]
    }),
  )
}

/** The settings with the types of what they set: constants by their defaults, switches by the values that they may have. */
export function typedSettings(raw: RawSettings, constants: Constants, switches: readonly Switch[]): Constants {
  return Object.fromEntries(
    [...raw].map(([name, value]) => {
      const decision = switches.find((each) => each.name === name)
      if (name in constants) return [name, typedConstant(name, value, constants[name])]
      if (decision !== undefined) return [name, switchValue(decision, value)]
      throw unknownSetting(name, constants, switches)
    }),
  )
}

/** The error for a name that can be set nowhere. */
export function unknownSetting(name: string, constants: Constants, switches: readonly Switch[]): SpecError {
  const names = Object.keys(constants)
  const here = names.length === 0 ? 'there are no constants here' : `the constants here are ${names.join(', ')}`
  if (switches.length === 0) return unknownName('constant', name, names, here)
  const all = [...names, ...switches.map((each) => each.name)]
  return unknownName('constant or switch', name, all, `${here}; mmcheck list switches shows the switches`)
}

function typedConstant(name: string, value: string, standard: Constant): Constant {
  if (typeof standard === 'string') return value
  if (typeof standard === 'number' && value !== '' && Number.isFinite(Number(value))) return Number(value)
  if (typeof standard === 'boolean' && (value === 'true' || value === 'false')) return value === 'true'
  const wanted = typeof standard === 'number' ? 'a number' : 'true or false'
  throw new SpecError(
    `--set ${name}=${value}: '${value}' is not ${wanted}`,
    `the default of ${name} is ${show(standard)}`,
    `set it to ${wanted}`,
  )
}

function switchValue(decision: Switch, value: string): string {
  if (decision.values.includes(value)) return value
  throw unknownName(
    `value of the switch ${decision.name}`,
    value,
    decision.values,
    `its values are ${decision.values.join(', ')}`,
  )
}

/** `RMs=7, fair=true`. */
export const printSettings = (settings: Constants): string =>
  Object.entries(settings)
    .map(([name, value]) => `${name}=${value}`)
    .join(', ')
