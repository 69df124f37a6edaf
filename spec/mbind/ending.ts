/** How a call of mbind(2) ended: what it returned, and what user space finds afterwards. */
import { fromJS } from 'immutable'
import type { CallScene } from '../scenarios/mbind-calls.ts'
import type { Ret } from './arguments.ts'
import type { WALKS } from './locals.ts'

/** A VMA that is there at the end. */
export interface VmaLeft {
  readonly off: number
  readonly n: number
  readonly mapping: number
  /** the name of its policy; null where it has none */
  readonly policy: string | null
}

export interface Ending {
  readonly situation: string
  readonly ret: Ret
  readonly walk: (typeof WALKS)[number]
  /** folios that the call isolated */
  readonly queued: number
  /** the name of the policy of each page's VMA; null where it has none, undefined in a hole */
  readonly policies: readonly (string | null | undefined)[]
  /** the node of each page; null where there is no page */
  readonly nodes: readonly (number | null)[]
  readonly vmas: readonly VmaLeft[]
  /** mapped folios that are off the LRU because this call isolated them and never put them back */
  readonly leaked: number
}

/** Reads the end of a call on the first `length` pages off the state, as an Immutable value; see `Ending`. */
export function readEnding(length: number): (s: CallScene) => unknown {
  return (s) => {
    const vmas = s.vma
      .filter(({ start, end }) => end > start)
      .map(({ start, end, mapping, vm_policy }) => ({
        off: start,
        n: end - start,
        mapping,
        policy: vm_policy === null ? null : s.policy[vm_policy].value,
      }))
      .sort((a, b) => a.off - b.off)
    const pages = Array.from({ length }, (_, page) => page)
    const mapped = pages.flatMap((page) => {
      const pte = s.pte[page]
      return pte.kind === 'present' ? [{ page, folio: pte.folio }] : []
    })
    const ending: Ending = {
      situation: s.situation,
      ret: s.mbind.ret,
      walk: s.mbind.walk,
      queued: s.mbind.queued.size,
      policies: pages.map((page) => vmas.find(({ off, n }) => off <= page && page < off + n)?.policy),
      nodes: pages.map((page) => {
        const found = mapped.find((each) => each.page === page)
        return found === undefined ? null : s.folio[found.folio].node
      }),
      vmas,
      leaked: new Set(mapped.filter(({ folio }) => s.folio[folio].isolated).map(({ folio }) => folio)).size,
    }
    return fromJS(ending)
  }
}
