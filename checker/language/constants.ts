/** Specs with constants: sizes and options of a model that can be set from outside. */
import { SpecError, show } from './errors.ts'
import type { Model } from './model.ts'

export type Constant = number | boolean | string
export type Constants = Readonly<Record<string, Constant>>

/** What a spec file exports: a model for each setting of its constants. */
export interface Spec<C extends Constants = Constants, M extends Model = Model> {
  readonly constants: C
  build(values?: Partial<Widened<C>>): M
}

type Widen<T> = T extends number ? number : T extends boolean ? boolean : T extends string ? string : never
type Widened<C> = { [K in keyof C]: Widen<C[K]> }

/**
 * A spec whose model depends on constants; their defaults are given first. `build` throws a SpecError for a constant
 * that the spec does not have, or a value of another type than its default.
 */
export function withConstants<const C extends Constants, M extends Model>(
  defaults: C,
  build: (constants: Readonly<Widened<C>>) => M,
): Spec<C, M> {
  return {
    constants: defaults,
    build(values = {}) {
      for (const [name, value] of Object.entries(values)) {
        if (!(name in defaults)) {
          throw new SpecError(
            `there is no constant '${name}'`,
            `this spec has ${Object.keys(defaults).join(', ') || 'no constants'}`,
            'check the spelling',
          )
        }
        if (typeof value !== typeof defaults[name]) {
          throw new SpecError(
            `constant ${name} = ${show(value)} is not a ${typeof defaults[name]}`,
            `its default is ${show(defaults[name])}`,
            `set it to a ${typeof defaults[name]}`,
          )
        }
      }
      return build({ ...defaults, ...values } as Readonly<Widened<C>>)
    },
  }
}
