/**
 * futex(2) with FUTEX2_MPOL (v6.16 on) asks for the node of an address: it looks at the policy of the VMA under nothing but
 * rcu_read_lock, and checks a sequence count of mmap_lock afterwards, when it has read already.
 */
import { optional, process, step } from '../checker/language/index.ts'
import { type AddressSpace, vmaAt } from './address-space.ts'

/** A task that asks for the node of the first page once. */
export function futexPolicyReader(space: AddressSpace, cpu: number) {
  return process(
    space.state,
    { title: `futex (CPU ${cpu})`, locals: { vm_policy: optional(space.policies) }, start: { vm_policy: null } },
    {
      rcu_read_lock: step('kernel/futex/core.c: futex_key_to_node_opt', (s) => {
        s.rcu_readers++
        return 'load vm_policy'
      }),
      'load vm_policy': step('kernel/futex/core.c: __futex_key_to_node', (s, me) => {
        const v = vmaAt(s, 0)
        me.vm_policy = v === null ? null : s.vma[v].vm_policy
        return me.vm_policy === null ? 'rcu_read_unlock' : 'read policy'
      }),
      'read policy': step('kernel/futex/core.c: __futex_key_to_node', (_s, me) => {
        me.vm_policy = null
        return 'rcu_read_unlock'
      }),
      rcu_read_unlock: step('kernel/futex/core.c: futex_key_to_node_opt', (s) => {
        s.rcu_readers--
        return 'done'
      }),
    },
  )
}
