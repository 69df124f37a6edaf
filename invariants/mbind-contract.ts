/** The promise of mbind(2) as a whole: that a kernel implements the machine of spec/contracts/mbind.ts. */
import { type Claim, refines } from '../checker/language/index.ts'
import { type AddressSpace, policyValue, vmaAt } from '../spec/address-space.ts'
import { type ContractResult, mbindContract, type Promised } from '../spec/contracts/mbind.ts'
import { checkArguments, policyOf } from '../spec/mbind/arguments.ts'
import { conforms, normalised, policyName } from '../spec/mbind/call.ts'
import { factsOf } from '../spec/mbind/facts.ts'
import { allowedOn } from '../spec/mbind/layout.ts'
import type { CallScene, Situation } from '../spec/scenarios/mbind-calls.ts'
import type { Settings } from '../spec/switches/index.ts'

/** A call in a situation, seen by its user, is a behaviour of the contract. */
export function keepsTheContract(
  space: AddressSpace,
  settings: Settings,
  situations: Readonly<Record<string, Situation>>,
): Claim<CallScene> {
  const { length, sources } = space
  const { machine } = space.text
  const pages = Array.from({ length }, (_, page) => page)
  const all = Object.fromEntries(
    Object.entries(situations).map(([name, each]) => [name, promised(each, length, allowedOn(machine), settings)]),
  )
  const newPolicy = new Map(
    Object.entries(situations).map(([name, { call }]) => {
      const policy = policyOf(normalised(call), allowedOn(machine))
      return [name, policy ? policyName(policy) : null]
    }),
  )
  return refines('what the user sees of a call is what the contract of mbind(2) allows', {
    name: 'keeps-the-contract',
    source: 'mbind(2); Hugh Dickins, linux-mm, 18 Sep 2023; 1cb5d11a370f',
    abstract: mbindContract(all, length, sources.size),
    map: (s: CallScene, contract) => {
      const { facts } = all[s.situation]
      const installed = pages.filter((page) => {
        const v = facts.inRange[page] ? vmaAt(s, page) : null
        return v !== null && policyValue(s, s.vma[v].vm_policy) === newPolicy.get(s.situation)
      })
      const placed = pages.filter((page) => {
        const pte = s.pte[page]
        return facts.inRange[page] && pte.kind === 'present' && conforms(facts.call, s.folio[pte.folio].node)
      })
      Object.assign(contract, {
        situation: s.situation,
        installed: new Set(installed),
        placed: new Set(placed),
        tried: new Set(s.mbind.tried),
        result: (s.mbind.pc === 'return' || s.mbind.pc === 'done' ? s.mbind.ret : 'running') as ContractResult,
      })
    },
  })
}

function promised(situation: Situation, length: number, allowed: readonly number[], settings: Settings): Promised {
  const facts = factsOf(situation, length)
  const { call } = facts
  const policy = policyOf(call, allowed)
  const pages = Array.from({ length }, (_, page) => page)
  const name = policy ? policyName(policy) : null
  return {
    facts,
    refused: checkArguments(situation.call, settings) !== null || policy === undefined,
    installed: pages.filter((page) => facts.mapped[page] && facts.policyAt[page] === name),
    placed: pages.filter((page) => {
      const f = facts.inRange[page] ? facts.folioAt[page] : null
      return f !== null && conforms(call, situation.layout.folios[f].node)
    }),
  }
}
