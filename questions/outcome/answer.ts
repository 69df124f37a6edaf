/** What one call may come to: the model is run on the question, and every ending is read off. */
import type { Map as ImmutableMap, List } from 'immutable'
import { endingsOf } from '../../checker/verdict/endings.ts'
import type { Kernel } from '../../spec/kernels.ts'
import { policyOf } from '../../spec/mbind/arguments.ts'
import { type PolicyText, policyName, readsAs } from '../../spec/mbind/call.ts'
import { type Ending, readEnding } from '../../spec/mbind/ending.ts'
import { allowedOn } from '../../spec/mbind/layout.ts'
import { mbindCalls } from '../../spec/scenarios/mbind-calls.ts'
import type { Situation } from './read.ts'
import { setUp } from './setup.ts'

export interface Outcome {
  readonly ret: string
  /** of each page of the question; null where there is none, or no VMA */
  readonly policy: readonly (PolicyText | null)[]
  readonly node: readonly (number | null)[]
}

/** Every outcome of a call on a kernel: one, where nothing is left open. */
export async function outcomesOf(
  kernel: Kernel,
  situation: Situation,
  engine: 'tables' | 'reference' = 'tables',
): Promise<Outcome[]> {
  const { machine, layout, call } = setUp(situation)
  const model = mbindCalls(kernel, { machine, situations: { call: { layout, call } } })
  const { values } = await endingsOf(model, readEnding(situation.pages.length), engine)
  const installed = policyOf(call, allowedOn(machine)) ?? null
  const known = [installed, ...situation.vmas.map(({ policy }) => policy)]
  const named = new Map(known.map((policy) => [policyName(policy), policy]))
  const outcomes = values.map((value): Outcome => {
    const { ret, policies, nodes } = (value as ImmutableMap<string, List<unknown>>).toJS() as unknown as Ending
    return {
      ret,
      policy: policies.map((name) => (name == null ? null : readsAs(named.get(name)!, kernel.settings))),
      node: nodes,
    }
  })
  return [...new Map(outcomes.map((outcome) => [JSON.stringify(outcome), outcome])).values()]
}
