/**
 * What a project offers to the command line beside single spec files: scenarios, each a model for every variant (for the
 * kernel model: a release or an unmerged patch), with the verdicts that are expected of them; and questions of its own.
 */
import type { ModelSource } from './engine/source.ts'
import type { Constant } from './language/constants.ts'

/** What a claim is expected to come out as. */
export type Expectation = 'holds' | 'violated' | 'reached' | 'unreached'

export interface Variant {
  readonly name: string
  readonly about: string
}

/** A design decision that variants settle differently. */
export interface Switch {
  readonly name: string
  readonly about: string
  readonly values: readonly string[]
  /** one line for each change: since when it has which value, and the commit */
  readonly history: readonly string[]
}

export interface Scenario {
  readonly name: string
  /** the part of the project that it belongs to: what `matrix AREA` selects */
  readonly area: string
  readonly about: string
  /** the bounds of the model in words, with some constants set otherwise: how many of what */
  bounds(settings: Readonly<Record<string, Constant>>): string
  /** the variants that `matrix` shows */
  readonly variants: readonly string[]
  /** model constants that can be set, with their defaults; switches can always be set */
  readonly constants: Readonly<Record<string, Constant>>
  /** what is expected of each claim, by name, on a variant; null where nobody said */
  expected(variant: string): Readonly<Record<string, Expectation>> | null
  /** the model on a variant with some switches and constants set otherwise; throws a SpecError for a bad setting */
  source(variant: string, settings: Readonly<Record<string, Constant>>): ModelSource
  /** why the scenario says nothing about a variant; null where it does, and so everywhere when absent */
  silentOn?(variant: string, settings: Readonly<Record<string, Constant>>): string | null
  /** the folder of `counterexamples/` that shows this violation, or null */
  finding(variant: string, claim: string): string | null
  /** what `matrix AREA` prints below the verdicts of the newest variant, or of those named, and adds to their JSON */
  appendix?(variant: string, settings: Readonly<Record<string, Constant>>): Promise<Answer>
}

/** What a question is asked with. */
export interface Asked {
  /** what stands behind the verb */
  readonly operand: string
  readonly variant: string
  /** switches that are set otherwise */
  readonly settings: Readonly<Record<string, Constant>>
  readonly engine: 'tables' | 'reference'
}

/** An answer, twice: for readers, in lines of at most 72 columns, and as the keys that `--json` prints behind its own. */
export interface Answer {
  readonly text: string
  readonly json: Readonly<Record<string, unknown>>
}

/** A verb of the project's own: a question about one operand, answered for each variant by running models. */
export interface Question {
  /** the verb */
  readonly name: string
  /** what the operand is, as help shows it: `file` */
  readonly operand: string
  readonly summary: string
  readonly description: string
  /** shown below the options: how to ask */
  readonly help: string
  /** command lines without `mmcheck` */
  readonly examples: readonly string[]
  /** the variant that is asked about when none is named */
  readonly variant: string
  /** throws a SpecError for an operand that makes no sense */
  answer(asked: Asked): Promise<Answer>
}

export interface Catalogue {
  readonly variants: readonly Variant[]
  readonly switches: readonly Switch[]
  readonly scenarios: readonly Scenario[]
  readonly questions: readonly Question[]
}
