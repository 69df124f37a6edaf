/**
 * APPLY: mbind gives every VMA of its range the new policy, VMA by VMA: it leaves those that have it, grows a neighbour that
 * has it, or splits at the edges of the range and replaces the policy of what lies inside. It is not a transaction: when it
 * runs out of memory, the VMAs before that keep the new policy.
 */
import { choose, note, step, stepsIf, when } from '../../checker/language/index.ts'
import {
  type As,
  findVma,
  freeVma,
  newPolicy,
  policyValue,
  putPolicy,
  vmaEndingAt,
  vmaStartingAt,
} from '../address-space.ts'
import type { Call } from './call.ts'
import type { MbindLocals, MbindOptions } from './locals.ts'

type Applying = 'mbind_range' | 'vma_start_write (mbind_range)' | 'split_vma' | 'vma_replace_policy' | 'applied'

/** The loop over the VMAs, entered through `begin`; it ends at `applied`, which the caller adds. */
export function applySteps(options: MbindOptions, callOf: (me: MbindLocals) => Call) {
  const { settings, mayRunOut = false } = options
  const vmaLocks = settings['faults-under-vma-lock'] === 'yes'
  const locksHere = settings['mbind-vma-lock'] === 'in-walk-or-apply'
  const endOf = (me: MbindLocals) => callOf(me).off + callOf(me).n

  const fail = (me: MbindLocals): Applying => {
    me.ret = 'ENOMEM'
    return 'applied'
  }
  const goOn = (me: MbindLocals, to: number): Applying => {
    me.addr = to
    me.vma = null
    return to < endOf(me) ? 'mbind_range' : 'applied'
  }
  /** vma_start_write of VMAs that are split or merged: it waits for the faults that hold them. */
  const lock = (s: As, ...held: (number | null)[]) => {
    if (!vmaLocks) return
    for (const v of held) {
      if (v === null) continue
      when(s.vma[v].readers === 0)
      s.vma[v].writeLocked = true
    }
  }
  /** A neighbour that may take over the range: of the same mapping, with the new policy. */
  const fits = (s: As, me: MbindLocals, v: number, neighbour: number | null): neighbour is number =>
    neighbour !== null &&
    neighbour !== v &&
    s.vma[neighbour].mapping === s.vma[v].mapping &&
    s.vma[neighbour].kind === s.vma[v].kind &&
    policyValue(s, s.vma[neighbour].vm_policy) === policyValue(s, me.new)

  const begin = (s: As, me: MbindLocals): Applying => {
    me.addr = callOf(me).off
    me.vma = null
    // Up to v5.4 it is here that a hole at the head is found, whatever the policy.
    if (settings['mbind-hole-check'] !== 'vma-before') {
      const v = findVma(s, me.addr)
      if (v === null || s.vma[v].start > me.addr) {
        me.ret = 'EFAULT'
        return 'applied'
      }
    }
    return 'mbind_range'
  }

  const steps = {
    mbind_range: step('mm/mempolicy.c: mbind_range', (s: As, me: MbindLocals): Applying => {
      const v = findVma(s, me.addr)
      if (v === null || s.vma[v].start >= endOf(me)) return goOn(me, endOf(me))
      const { start, end, vm_policy } = s.vma[v]
      const from = Math.max(start, callOf(me).off)
      const to = Math.min(end, endOf(me))
      if (policyValue(s, vm_policy) === policyValue(s, me.new)) {
        note(s, 'has the policy')
        return goOn(me, to)
      }
      const before = from === start ? vmaEndingAt(s, from) : null
      const behind = to === end ? vmaStartingAt(s, to) : null
      if (fits(s, me, v, before)) {
        note(s, 'merged with the VMA below')
        const both = fits(s, me, v, behind)
        lock(s, v, before, both ? behind : null)
        s.vma[before].end = both ? s.vma[behind].end : to
        s.vma[v].start = to
        if (to === end) freeVma(s, v)
        if (both) freeVma(s, behind)
        return goOn(me, to)
      }
      if (fits(s, me, v, behind)) {
        note(s, 'merged with the VMA above')
        lock(s, v, behind)
        s.vma[behind].start = from
        s.vma[v].end = from
        if (from === start) freeVma(s, v)
        return goOn(me, to)
      }
      me.vma = v
      if (locksHere && !s.vma[v].writeLocked) return 'vma_start_write (mbind_range)'
      return from > start || to < end ? 'split_vma' : 'vma_replace_policy'
    }),
    ...stepsIf(locksHere, {
      'vma_start_write (mbind_range)': step('mm/mempolicy.c: do_mbind', (s: As, me: MbindLocals): Applying => {
        lock(s, me.vma)
        return 'mbind_range'
      }),
    }),
    // One cut at a time, at the start of the range and then at its end. The new VMA copies the policy of the old one.
    split_vma: step('mm/mmap.c: split_vma', (s: As, me: MbindLocals): Applying => {
      if (mayRunOut && choose(s, [false, true])) {
        note(s, '-ENOMEM')
        return fail(me)
      }
      const v = me.vma!
      lock(s, v)
      const { start, end, kind, mapping, vm_policy, writeLocked } = s.vma[v]
      const cut = start < callOf(me).off ? callOf(me).off : endOf(me)
      const fresh = s.vma.findIndex((vma) => vma.end === 0)
      const copy = vm_policy === null ? null : newPolicy(s, s.policy[vm_policy].value)
      Object.assign(s.vma[fresh], { start: cut, end, kind, mapping, vm_policy: copy, writeLocked })
      s.vma[v].end = cut
      if (cut === callOf(me).off) me.vma = fresh
      return s.vma[me.vma!].end > endOf(me) ? 'split_vma' : 'vma_replace_policy'
    }),
    // The VMA gets a copy of its own; the old policy is freed with its last reference.
    vma_replace_policy: step('mm/mempolicy.c: vma_replace_policy', (s: As, me: MbindLocals): Applying => {
      const v = me.vma!
      if (mayRunOut && me.new !== null && choose(s, [false, true])) {
        note(s, '-ENOMEM')
        return fail(me)
      }
      const old = s.vma[v].vm_policy
      s.vma[v].vm_policy = me.new === null ? null : newPolicy(s, s.policy[me.new].value)
      putPolicy(s, old)
      return goOn(me, s.vma[v].end)
    }),
  }
  return { steps, begin }
}
