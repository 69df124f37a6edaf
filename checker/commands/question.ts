/** A verb that the project brings along: its question is asked for each kernel, and the answers are printed. */
import type { Catalogue, Question } from '../catalogue.ts'
import { EXIT, type ExitCode } from '../exit-codes.ts'
import type { Io } from './io.ts'
import { parseSettings, printSettings, typedSettings } from './settings.ts'
import { findKernel } from './target.ts'

export interface QuestionFlags {
  readonly kernel: readonly string[]
  readonly set: readonly string[]
  readonly engine: 'tables' | 'reference'
  readonly json?: boolean
}

/** Answers a question, on each kernel named or on the newest; one JSON object a line with `--json`. */
export async function questionCommand(
  question: Question,
  operand: string,
  flags: QuestionFlags,
  catalogue: Catalogue,
  io: Io,
): Promise<ExitCode> {
  for (const kernel of flags.kernel) findKernel(kernel, null, catalogue)
  const settings = typedSettings(parseSettings(flags.set), {}, catalogue.switches)
  const kernels = flags.kernel.length > 0 ? flags.kernel : [question.variant]
  const texts: string[] = []
  for (const kernel of kernels) {
    const { text, json } = await question.answer({ operand, variant: kernel, settings, engine: flags.engine })
    if (flags.json) io.out(`${JSON.stringify({ question: question.name, kernel, settings, ...json })}\n`)
    else texts.push([io.colour.bold([kernel, printSettings(settings)].filter(Boolean).join(', ')), text].join('\n'))
  }
  if (!flags.json) io.out(texts.join('\n'))
  return EXIT.expected
}
