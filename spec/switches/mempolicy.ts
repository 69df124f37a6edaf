/** Design decisions about memory policies: which modes and mode flags there are, and how a policy reads back. */
import { define } from './switch.ts'

export const mempolicy = {
  'mempolicy-modes': define({
    about: 'the newest mode that mbind and set_mempolicy know; what is newer is EINVAL',
    values: ['local', 'preferred-many', 'weighted-interleave'],
    history: [
      { since: 'v3.12', value: 'local', commit: '' },
      { since: 'v5.15', value: 'preferred-many', commit: 'b27abaccf8e8' },
      { since: 'v6.9', value: 'weighted-interleave', commit: 'fa3bea4e1f82' },
    ],
    patches: {},
  }),
  // The release of the last turn is from memory: late kernels have it, and v6.9 does not.
  'mempolicy-numa-balancing': define({
    about: 'the modes that MPOL_F_NUMA_BALANCING may stand beside',
    values: ['none', 'bind', 'bind-and-preferred-many'],
    history: [
      { since: 'v3.12', value: 'none', commit: '' },
      { since: 'v5.12', value: 'bind', commit: 'bda420b98505' },
      { since: 'v6.10', value: 'bind-and-preferred-many', commit: '133d04b1ee79' },
    ],
    patches: {},
  }),
  'mempolicy-local-reads-as': define({
    about: 'what get_mempolicy reports of MPOL_LOCAL, and of MPOL_PREFERRED without nodes',
    values: ['preferred', 'local'],
    history: [
      { since: 'v3.12', value: 'preferred', commit: '' },
      { since: 'v5.14', value: 'local', commit: '7858d7bca7fb' },
    ],
    patches: {},
  }),
} as const
