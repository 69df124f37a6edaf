/** What a model does in a sample of states, as a checksum: it tells specs apart that differ in nothing but behaviour. */
import { createHash } from 'node:crypto'
import type { Explorer } from './explorer.ts'

/** The checksum of all steps out of the given states, and of what the claims say about them. */
export function fingerprint(explorer: Explorer, states: Iterable<Int32Array>): string {
  const hash = createHash('sha256')
  for (const state of states) hash.update(`${behaviourIn(explorer, state)}\n`)
  return hash.digest('hex')
}

function behaviourIn(explorer: Explorer, state: Int32Array): string {
  const { model, space, inspector } = explorer
  const answers: unknown[] = [answer(() => inspector.mayEnd(state, 0))]
  model.claims.forEach(({ kind }, claim) => {
    if (kind === 'invariant' || kind === 'reachable') answers.push(answer(() => inspector.decides(claim, state, 0)))
  })
  explorer.actions.forEach((_, instance) => {
    const steps: string[] = []
    const visit = (out: Int32Array, at: number) => {
      const allowed = answer(() => inspector.allows(out, at))
      // Of a step that the constraint rejects no claim speaks, and from one no table may learn what a claim says.
      const violated = model.claims.map(
        ({ kind }, claim) =>
          allowed === true && kind === 'step' && answer(() => inspector.stepViolates(claim, state, 0, out, at)),
      )
      steps.push(`${out.subarray(at, at + space.words).join(' ')} ${allowed} ${violated}`)
    }
    answers.push(
      answer(() => explorer.stepsOf(instance, state, visit)),
      steps.sort().join(';'),
    )
  })
  return answers.join('|')
}

/** Where something throws, that is what it does. */
function answer(ask: () => unknown): unknown {
  try {
    return ask()
  } catch {
    return 'throws'
  }
}
