/** The command line: arguments only. Every verb has its own file in commands/; `main` answers with the exit code. */
import { readFileSync } from 'node:fs'
import { Command, CommanderError, Option } from 'commander'
import type { Catalogue } from './catalogue.ts'
import { checkCommand } from './commands/check.ts'
import { asShown, errorJson, errorText } from './commands/errors.ts'
import { FORMATS, type GraphFlags, graphCommand } from './commands/graph.ts'
import type { Io } from './commands/io.ts'
import { listCommand } from './commands/list.ts'
import { type MatrixFlags, matrixCommand } from './commands/matrix.ts'
import { collect, count, directory, integer, type SearchFlags, seconds, size } from './commands/options.ts'
import { type QuestionFlags, questionCommand } from './commands/question.ts'
import { traceCommand } from './commands/trace.ts'
import { EXIT, type ExitCode } from './exit-codes.ts'
import { SpecError } from './language/errors.ts'

/** Runs one command. Prints through `io` alone, never throws, never exits. */
export async function main(argv: readonly string[], catalogue: Catalogue, io: Io): Promise<ExitCode> {
  let code: ExitCode = EXIT.expected
  const program = commandLine(catalogue, io, (result) => {
    code = result
  })
  try {
    await program.parseAsync(argv, { from: 'user' })
    return code
  } catch (thrown) {
    if (thrown instanceof CommanderError && thrown.exitCode === 0) return EXIT.expected
    const usage = thrown instanceof CommanderError
    const error = usage ? usageError(thrown) : asShown(thrown)
    if (argv.includes('--json')) io.out(errorJson(error, argv.slice(1).find((part) => !part.startsWith('-')) ?? ''))
    if (!usage) io.err(errorText(error))
    return EXIT.wrong
  }
}

/** Commander has printed its errors already; this is the same for `--json`. */
function usageError({ message }: CommanderError): SpecError {
  return new SpecError(message.replace(/^error: /, ''), 'the command line is wrong', 'mmcheck --help explains it')
}

type Finish = (code: ExitCode) => void

function commandLine(catalogue: Catalogue, io: Io, finish: Finish): Command {
  const scenario = catalogue.scenarios[0]?.name
  const kernel = catalogue.scenarios[0]?.variants.at(-1)
  const program = new Command('mmcheck')
    .description('An explicit-state model checker, and a formal model of the Linux memory manager to check with it.')
    .version(version(), '--version', 'print the version')
    .helpOption('-h, --help', 'show this help; mmcheck VERB --help shows more')
    .helpCommand(false)
    .exitOverride()
    .configureOutput({ writeOut: io.out, writeErr: io.err, outputError: (text, write) => write(text) })
    .showHelpAfterError('(mmcheck --help shows the verbs, mmcheck VERB --help their options)')
    .addHelpText('after', EXIT_CODES)
    .addHelpText(
      'after',
      examples('mmcheck matrix', 'mmcheck check examples/two-phase.ts --set RMs=7', 'mmcheck list scenarios'),
    )

  searching(program.command('matrix [area...]'))
    .summary('check every scenario on every kernel against its expected verdicts')
    .description(
      'Checks every scenario (or those of the areas or names given) on every kernel against its expected verdicts.',
    )
    .option('--deep', 'the larger bounds, for the scenarios that have them', false)
    .option('--jobs <n>', 'rows checked at a time, by default one for each processor', count('--jobs'))
    .option('--races', 'print the race of every violation, also of those that are expected', false)
    .addHelpText(
      'after',
      examples(
        'mmcheck matrix',
        ...(scenario === undefined
          ? []
          : [`mmcheck matrix ${scenario} --json`, `mmcheck matrix ${scenario} --kernel ${kernel}`]),
      ),
    )
    .action(async (areas: string[], flags: MatrixFlags) =>
      finish(await matrixCommand(areas, { ...NO_NAMES, ...flags }, catalogue, io)),
    )

  searching(program.command('check <target...>'))
    .summary('check scenarios or spec files')
    .description(
      'Checks scenarios by name (on their newest kernel unless --kernel says otherwise) or spec files by path.\nA spec file exports its model as `spec`; FILE.ts#NAME takes another export.',
    )
    .option('--checkpoint <dir>', 'save what was found at the end of levels in this directory, and when a limit is met')
    .option('--checkpoint-every <seconds>', 'time between two saves (default: 30)', seconds('--checkpoint-every'))
    .option('--stats', 'add what explains the speed: where successors ended, tables, states per second over time')
    .option('--resume', 'go on from what the directory of --checkpoint holds')
    .addHelpText(
      'after',
      examples(
        'mmcheck check examples/two-phase.ts --set RMs=7',
        'mmcheck check examples/two-phase.ts --set RMs=7 --max-states 99999 --checkpoint saved',
        'mmcheck check examples/two-phase.ts --set RMs=7 --checkpoint saved --resume',
        'mmcheck check examples/die-hard.ts --out found',
        ...(scenario === undefined ? [] : [`mmcheck check ${scenario} --kernel ${kernel} --workers 2`]),
      ),
    )
    .action(async (targets: string[], flags: SearchFlags) =>
      finish(await checkCommand(targets, { ...NO_NAMES, ...flags }, catalogue, io)),
    )

  program
    .command('trace <file>')
    .summary('replay a saved counterexample and print it again')
    .description(
      'Replays a saved counterexample (a trace.json) step by step on the spec as it is now, and prints it again.\nIt is refused when it is damaged, or when the spec does not do this any more.',
    )
    .option('--json', 'print one JSON object instead of the table')
    .addHelpText(
      'after',
      examples('mmcheck check examples/die-hard.ts --out found', 'mmcheck trace found/die-hard-unsolved/trace.json'),
    )
    .action(async (file: string, flags: { json?: boolean }) => finish(await traceCommand(file, flags, catalogue, io)))

  limits(program.command('graph <target>'))
    .summary('draw the state graph, or its quotient by a projection')
    .description(
      'Draws the graph of all states of a small model, or of the values of one of the projections that the model names.',
    )
    .option('--by <name>', 'group the states by this projection of the model')
    .addOption(
      new Option('--format <format>', 'what to draw it as (default: by the ending of --out, else dot)').choices(
        FORMATS,
      ),
    )
    .option('--out <file>', 'write to this file instead of standard output')
    .addHelpText(
      'after',
      examples(
        'mmcheck graph examples/racy-increment.ts',
        'mmcheck graph examples/die-hard.ts --format svg --out die-hard.svg',
      ),
    )
    .action(async (target: string, flags: GraphFlags) => {
      finish(await graphCommand(target, { ...NO_NAMES, ...flags, workers: 1, engine: 'tables' }, catalogue, io))
    })

  program
    .command('list [kind]')
    .summary('list kernels, switches, scenarios or claims')
    .description(
      'Lists the names that the other verbs take: kernels, switches, scenarios or claims; all of them by default.',
    )
    .option('--json', 'print one JSON object')
    .addHelpText('after', examples('mmcheck list', 'mmcheck list scenarios', 'mmcheck list switches --json'))
    .action(async (kind: string | undefined, flags: { json?: boolean }) =>
      finish(await listCommand(kind, flags, catalogue, io)),
    )

  for (const question of catalogue.questions) {
    engine(kernels(program.command(`${question.name} <${question.operand}>`)))
      .summary(question.summary)
      .description(question.description)
      .option('--json', 'print one JSON object for each kernel on standard output, and nothing else there')
      .addHelpText('after', `\n${question.help}`)
      .addHelpText('after', examples(...question.examples.map((line) => `mmcheck ${line}`)))
      .action(async (operand: string, flags: QuestionFlags) =>
        finish(await questionCommand(question, operand, { ...NO_NAMES, ...flags }, catalogue, io)),
      )
  }

  return program
}

/** The options of the verbs that check claims. */
function searching(command: Command): Command {
  return engine(
    limits(command)
      .option('--claim <name>', 'check only this claim (repeatable); the others are named as not checked', collect)
      .option('--workers <n>', 'threads that search together', count('--workers'), 1),
  )
    .option(
      '--spill-dir <dir>',
      'where states go that do not fit into the memory (default: the directory for temporary files)',
      directory('--spill-dir'),
    )
    .option('--compress', 'keep states folded in memory: above 64 bits each takes less of it, and more time')
    .option('--no-spill', 'stop where the memory limit is met')
    .option('--out <dir>', 'save every counterexample in a folder of its own below this one')
    .option('--json', 'print one JSON object for each target on standard output, and nothing else there')
    .option('--seed <n>', 'accepted for scripts; the search has no random part', integer('--seed'))
}

function engine(command: Command): Command {
  return command.addOption(
    new Option('--engine <name>', 'tables is fast; reference is short, slow and independent, and gives no traces')
      .choices(['tables', 'reference'])
      .default('tables'),
  )
}

/** The options of every verb that is about kernels. */
function kernels(command: Command): Command {
  return command
    .option('--kernel <name>', 'a release (v6.6) or an unmerged patch (patch:NAME); repeatable', collect)
    .option('--set <name=value>', 'set a design switch or a constant of the model; repeatable', collect)
}

/** The options of every verb that explores a model. */
function limits(command: Command): Command {
  return kernels(command)
    .option('--max-states <n>', 'stop at the first level that has this many states in all', count('--max-states'))
    .option(
      '--max-memory <size>',
      'bytes for states, as 512M or 8G (default: three quarters of what is free)',
      size('--max-memory'),
    )
    .option('--max-depth <n>', 'stop after this many levels, the initial states being level 1', count('--max-depth'))
    .option('--no-symmetry', 'keep every state, also where the model declares collections symmetric')
    .option('--quiet', 'show no progress')
}

/** What repeatable options amount to when they are not given. */
const NO_NAMES = { kernel: [], set: [], claim: [] } as const

const EXIT_CODES = `
Exit codes:
  0  everything is as expected
  1  a claim is violated, or a verdict differs from its expectation
  2  the spec or the command line is wrong
  3  stopped before the end: by a limit, the memory or Ctrl-C`

const examples = (...lines: readonly string[]): string => `\nExamples:\n${lines.map((line) => `  ${line}`).join('\n')}`

function version(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}
