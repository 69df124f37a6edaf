/**
 * What single calls of mbind(2) come to, written down a second time: as rules over whole VMAs, without steps, locks or
 * migration. It shares nothing with the model but the descriptions of the question.
 */
import type { Variant } from '../../invariants/tables/mbind-variants.ts'
import type { AskedVma, Situation } from '../../questions/outcome/read.ts'

export interface Told {
  readonly ret: string
  /** whether the VMAs of the range have the new policy */
  readonly applied: boolean
  readonly nodes: readonly (number | null)[]
}

type Stop = 'EFAULT' | 'EIO' | 'unmovable'

/** The outcome of a call with arguments that are in order, on a kernel of an era. */
export function oracle({ vmas, pages, call, local }: Situation, variant: Variant): Told {
  const era = Number(variant.slice(1))
  const { off, n, mode, nodes: mask } = call
  const end = off + n
  // MPOL_DEFAULT knows no STRICT, and does not mind holes.
  const isDefault = mode === 'DEFAULT'
  const strict = call.flags.includes('STRICT') && !isDefault
  const all = call.flags.startsWith('ALL')
  const move = all || call.flags.startsWith('MOVE')
  const before = pages.map(({ node }, page) => (isReal(page) ? node : null))
  const inRange = vmas.filter((vma) => vma.off < end && vma.off + vma.n > off)
  const nextOf = (vma: AskedVma) => vmas.find((other) => other.off >= vma.off + vma.n)

  function vmaOf(page: number): AskedVma | undefined {
    return vmas.find((vma) => vma.off <= page && page < vma.off + vma.n)
  }
  function isReal(page: number): boolean {
    const vma = vmaOf(page)
    if (vma === undefined || pages[page].state === 'absent') return false
    return pages[page].state !== 'zero' || vma.kind === 'shmem'
  }

  const queue: number[] = []
  let failures = false
  let met: AskedVma | null = null

  /** A gap that is noticed when the walk comes to a VMA. */
  function noticesGap(vma: AskedVma): boolean {
    const last = vma.off + vma.n
    if (isDefault) return false
    if (era >= 5) {
      const head = met === null && vma.off > off
      return head || (last < end && nextOf(vma)?.off !== last)
    }
    if (era === 0 && nextOf(vma) === undefined && last < end) return true
    return met !== null && met.off + met.n < vma.off
  }

  /** Looks at the pages of a VMA; says why the walk ends there, if it does. */
  function scan(vma: AskedVma): Stop | null {
    const movable = vma.kind !== 'unmigratable'
    let unmovable = false
    for (let page = Math.max(vma.off, off); page < Math.min(vma.off + vma.n, end); page++) {
      if (!isReal(page) || mask.includes(pages[page].node!)) continue
      if (!move) return 'EIO'
      if (!movable && era >= 2) {
        if (era === 2) return 'EIO'
        if (era < 7) return 'unmovable'
        failures = true
        if (era > 7) continue
      }
      if (pages[page].state === 'shared' && !all) continue
      if (vma.kind !== 'isolation-fails') queue.push(page)
      else if (era >= 3 && (strict || era > 7)) unmovable = true
    }
    if (!unmovable) return null
    failures = true
    return era < 7 ? 'unmovable' : null
  }

  function walk(): Stop | null {
    for (const vma of inRange) {
      const movable = vma.kind !== 'unmigratable'
      const skipped = !movable && (era === 1 || !strict)
      if (!(skipped && era >= 1 && era < 5)) {
        if (noticesGap(vma)) return 'EFAULT'
        met = vma
      }
      if (skipped) continue
      const looks = move || (strict && era !== 1)
      const stop = looks ? scan(vma) : null
      if (stop !== null) return stop
    }
    return era >= 5 && met === null ? 'EFAULT' : null
  }

  let stop = walk()
  if (stop === 'unmovable') failures = true
  // In v6.6 what was noted before hides the error.
  if (era === 7 && failures && met !== null) stop = null
  const refused = { applied: false, nodes: before }
  if (stop === 'EFAULT' || stop === 'EIO') return { ret: era === 3 ? 'EIO' : stop, ...refused }
  // Before v5.5 it is the loop over the VMAs that finds a hole at the head.
  if (era < 5 && vmaOf(off) === undefined) return { ret: 'EFAULT', ...refused }

  const stays = (page: number) =>
    vmaOf(page)!.kind === 'migration-fails' || ['pinned', 'referenced'].includes(pages[page].state)
  const target = mask[0] ?? local
  const nodes = before.map((node, page) => (queue.includes(page) && !stays(page) ? target : node))
  const leftover = queue.some(stays)
  return { ret: strict && (failures || leftover) ? 'EIO' : '0', applied: true, nodes }
}
