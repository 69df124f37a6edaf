/** One call of mbind that replaces the policy of a VMA, while futex(2) looks at that policy without any lock. */
import { type Claim, forAll, model, stepsIf, when } from '../../checker/language/index.ts'
import { type AddressSpace, type As, addressSpace, bootAddressSpace } from '../address-space.ts'
import { futexPolicyReader } from '../futex-policy.ts'
import type { Kernel } from '../kernels.ts'
import type { Call } from '../mbind/call.ts'
import type { Layout } from '../mbind/layout.ts'
import { mbind } from '../mbind.ts'

const CALL: Call = { off: 0, n: 1, mode: 'BIND', nodes: [1], flags: '0' }
const LAYOUT: Layout = { vmas: [{ off: 0, n: 1, policy: { mode: 'BIND', nodes: [0] } }], pages: ['none'], folios: [] }

/** The bounds in words. */
export const boundsFor = (): string =>
  '1 VMA with a policy, one call of mbind, one futex call that reads the policy, 2 CPUs'

/** The model of the scenario on a kernel. */
export function mbindVsFutex(
  { settings }: Kernel,
  claimsOn: (space: AddressSpace) => readonly Claim<object>[],
  waive: Readonly<Record<string, string>>,
) {
  const cases = [{ layout: LAYOUT, calls: [CALL] }]
  const space = addressSpace({ machine: { nodes: 2, cpus: 1, free: [1] }, cases, rcuReaders: true }, settings)
  return model(
    'mbind-vs-futex',
    {
      state: space.state,
      processes: {
        mbind: mbind(space, { cpu: 0, settings, calls: [CALL] }),
        futex: futexPolicyReader(space, 1),
      },
    },
    {
      init: (s: As) => bootAddressSpace(s, space, LAYOUT),
      actions: stepsIf(settings['policy-free'] === 'after-grace-period', {
        'grace period ends': forAll(
          { p: space.policies },
          (s: As, { p }) => {
            when(s.policy[p].dying && s.rcu_readers === 0)
            s.policy[p].dying = false
          },
          'kernel/rcu/tree.c: rcu_do_batch',
        ),
      }),
      claims: claimsOn(space),
      waive,
    },
  )
}
