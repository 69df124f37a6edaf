/**
 * Design decisions about memory policies: which modes and mode flags there are, and how a policy reads back. [U]: commit
 * from memory.
 */
import { define } from './switch.ts'

export const mempolicy = {
  'mempolicy-modes': define({
    about:
      'the newest mode that mbind and set_mempolicy know; what is newer is EINVAL (b27abaccf8e8, fa3bea4e1f82 [U])',
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
    about: 'the modes that MPOL_F_NUMA_BALANCING may stand beside (bda420b98505, 133d04b1ee79 [U])',
    values: ['none', 'bind', 'bind-and-preferred-many'],
    history: [
      { since: 'v3.12', value: 'none', commit: '' },
      { since: 'v5.12', value: 'bind', commit: 'bda420b98505' },
      { since: 'v6.10', value: 'bind-and-preferred-many', commit: '133d04b1ee79' },
    ],
    patches: {},
  }),
  'mempolicy-local-reads-as': define({
    about: 'what get_mempolicy reports of MPOL_LOCAL, and of MPOL_PREFERRED without nodes (7858d7bca7fb [U])',
    values: ['preferred', 'local'],
    history: [
      { since: 'v3.12', value: 'preferred', commit: '' },
      { since: 'v5.14', value: 'local', commit: '7858d7bca7fb' },
    ],
    patches: {},
  }),
  'fork-locks-vmas': define({
    about: 'whether fork write-locks the VMAs of the parent while it copies their page tables',
    values: ['no', 'yes'],
    history: [
      { since: 'v3.12', value: 'no', commit: '' },
      { since: 'v6.5', value: 'yes', commit: 'fb49c455323f' },
    ],
    patches: {},
  }),
  'policy-free': define({
    about: 'when the object of a memory policy is freed once its last reference is gone',
    values: ['at-once', 'after-grace-period'],
    history: [
      { since: 'v3.12', value: 'at-once', commit: '' },
      { since: 'v7.0', value: 'after-grace-period', commit: '190a8c48ff62' },
    ],
    patches: {},
  }),
  'interleave-reads-mask': define({
    about:
      'how often the choice of a node to interleave on reads the mask of the policy, which a cpuset may change meanwhile',
    values: ['at-each-look', 'once'],
    history: [
      { since: 'v3.12', value: 'at-each-look', commit: '' },
      { since: 'v5.15', value: 'once', commit: '276aeee1c5fc' },
    ],
    patches: {},
  }),
  'migrate-pages-access': define({
    about:
      'who may move the pages of another process: whoever shares some user ID with it or has CAP_SYS_NICE, or whoever ptrace lets read it',
    values: ['some-id', 'ptrace'],
    history: [
      { since: 'v3.12', value: 'some-id', commit: '' },
      { since: 'v4.15', value: 'ptrace', commit: '313674661925' },
    ],
    patches: {},
  }),
  'migrate-pages-targets': define({
    about:
      'which target nodes migrate_pages(2) takes: a mask of which every node has memory, or those of it that the cpuset of the caller allows if there are any (0486a38bcc47 [U])',
    values: ['all-have-memory', 'some-allowed'],
    history: [
      { since: 'v3.12', value: 'all-have-memory', commit: '' },
      { since: 'v4.16', value: 'some-allowed', commit: '0486a38bcc47' },
    ],
    patches: {},
  }),
  'migrate-pages-counts': define({
    about:
      'what migrate_pages(2) counts: folios that migration left, or those that could not be isolated and migration entries too',
    values: ['left', 'left-and-failed', 'left-and-failed-entries'],
    history: [
      { since: 'v3.12', value: 'left', commit: '' },
      { since: 'v6.7', value: 'left-and-failed', commit: '1cb5d11a370f' },
      { since: 'v6.16', value: 'left-and-failed-entries', commit: '' },
    ],
    patches: { 'mbind-counts-failures': 'left-and-failed' },
  }),
} as const
