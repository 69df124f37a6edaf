/** `mmcheck outcome FILE`: what one call of mbind(2) would do to a small address space, on any kernel. */
import { readFileSync } from 'node:fs'
import type { Answer, Asked, Question } from '../../checker/catalogue.ts'
import { SpecError } from '../../checker/language/index.ts'
import { type Kernel, kernel, withSettings } from '../../spec/kernels.ts'
import { knowsMode } from '../../spec/mbind/arguments.ts'
import { RELEASES } from '../../spec/releases.ts'
import { type Outcome, outcomesOf } from './answer.ts'
import { KINDS, MOST, readSituation, type Situation, STATES } from './read.ts'
import { outcomeText } from './text.ts'

const EXAMPLE = new URL('../../examples/mbind-outcome.json', import.meta.url)

const HELP = `The file says what there is, and which call is made:

${readFileSync(EXAMPLE, 'utf8').trimEnd()}

  vmas   off: the first page; n: how many pages; kind: ${KINDS.slice(0, 3).join(', ')},
         ${KINDS.slice(3).join(', ')}; policy: null, or a mode and nodes
  pages  one for each page from 0 on. state: ${STATES.slice(0, 5).join(', ')},
         ${STATES.slice(5).join(', ')}; node: where it lies (where there is a page)
  call   off, n: the range; mode, nodes: the policy, null for a null mask;
         flags: a list of STRICT, MOVE, ALL. Optional: local, the node of the
         calling CPU (0); cap_sys_nice, whether the caller has it (true)
  about  optional: a remark

Words may have their prefixes (MPOL_BIND, MPOL_MF_MOVE). At most ${MOST.pages} pages,
${MOST.vmas} VMAs, nodes 0 and 1. With - the file is read from standard input.`

export const outcomeQuestion: Question = {
  name: 'outcome',
  operand: 'file',
  summary: 'what would this call of mbind(2) do?',
  description:
    'Runs the model of mbind(2) on a small address space and lists every outcome that it allows: what is returned, and the policy and the node of each page. Nobody else is about, so there is one, unless something is left open.',
  help: HELP,
  examples: [
    'outcome examples/mbind-outcome.json',
    'outcome examples/mbind-outcome.json --kernel v6.5 --kernel v6.7 --json',
  ],
  variant: RELEASES[RELEASES.length - 1],
  answer: answerFile,
}

async function answerFile({ operand, variant, settings, engine }: Asked): Promise<Answer> {
  const situation = read(operand)
  const switched = Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, String(value)]))
  const on = withSettings(kernel(variant), switched)
  refuseUnknownModes(operand, situation, on)
  const outcomes = await outcomesOf(on, situation, engine)
  return {
    text: outcomeText(situation, outcomes, on.settings),
    json: { outcomes: outcomes.map((outcome) => plain(outcome, situation)) },
  }
}

/** A VMA cannot have got a policy that its kernel does not know. A call that asks for one is answered with EINVAL. */
function refuseUnknownModes(file: string, { vmas }: Situation, { name, settings }: Kernel): void {
  const at = vmas.findIndex(({ policy }) => policy !== null && !knowsMode(policy.mode, settings))
  if (at < 0) return
  throw new SpecError(
    `${file}: $.vmas[${at}].policy.mode is '${vmas[at].policy!.mode}'`,
    `expected a mode that ${name} has: this one is newer`,
    'ask about a later kernel, or give the VMA another policy',
  )
}

/** Reads a file, or standard input. Errors begin with the name of the file. */
function read(file: string): Situation {
  const text = readFileSync(file === '-' ? 0 : file, 'utf8')
  try {
    return readSituation(text)
  } catch (thrown) {
    if (!(thrown instanceof SpecError)) throw thrown
    throw new SpecError(`${file === '-' ? 'standard input' : file}: ${thrown.message}`, thrown.why, thrown.hint)
  }
}

function plain({ ret, policy, node }: Outcome, { shown }: Situation): object {
  return { ret: ret === '0' ? 0 : ret, policy: policy.map(shown), node }
}
