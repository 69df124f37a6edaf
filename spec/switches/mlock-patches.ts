/** Kernels of the mlock area that are no release: what was posted and rejected, what was proposed, and ideas for repairs. */
import type { Patch } from './switch.ts'

export const mlockPatches = {
  'mlock-batch-no-drain': {
    base: 'v5.18',
    about: 'the munlock series of v5.18 before its patch 11 (b74355078b65): migration does not drain the mlock batch',
  },
  'mlock-drain-after-walk': {
    base: 'v5.18',
    about: 'what was tried first, and rejected in the message of that patch: one drain after the whole rmap walk',
  },
  'mlock-late-destination': {
    base: 'v5.18',
    about: 'the munlock series without c3096e6782b7: the destination gets to the LRU after its mappings are back',
  },
  'mlock-without-vm-io': {
    base: 'v5.18',
    about: 'the munlock series without VM_IO during the walk of mlock(2); never posted like that',
  },
  'munlock-clears-first': {
    base: 'v7.3',
    about: 'proposed in July 2023 and not merged: munlock clears PG_mlocked before it tests PG_lru',
  },
  'lru-add-sets-first': {
    base: 'v7.3',
    about: 'the other half of that: lru_add sets PG_lru before it reads PG_mlocked, as up to v5.19',
  },
  'munlock-and-lru-add-reordered': { base: 'v7.3', about: 'an idea: both halves together' },
  'munlock-and-every-adder-reordered': {
    base: 'v7.3',
    about: 'an idea: both halves, and the mlock batch itself sets PG_lru before it reads PG_mlocked',
  },
  'munlock-tests-twice': {
    base: 'v7.3',
    about: 'an idea: munlock tests PG_lru once more after it has cleared PG_mlocked',
  },
  'munlock-under-lru-lock': {
    base: 'v7.3',
    about: 'an idea: munlock takes the LRU lock first, and tests PG_lru and clears PG_mlocked inside it',
  },
  'mlock-returns-early': {
    base: 'v5.18',
    about: 'candidates of v5.18 before ece369c7e104: mlock(2) returns with the mlocks of its last faults in the batch',
  },
  'munlock-drains-every-cpu': {
    base: 'v7.3',
    about: 'an idea: munlock(2) drains the batches of every CPU before it walks',
  },
  'munlock-looks-twice': {
    base: 'v7.3',
    about: 'an idea: the walk of munlock(2) looks once more at a migration entry, and skips it then',
  },
  'munlock-waits-for-entry': {
    base: 'v7.3',
    about: 'an idea: the walk of munlock(2) waits for a migration entry to go, as a fault does',
  },
  'munlock-munlocks-source': {
    base: 'v7.3',
    about: 'an idea: the walk of munlock(2) munlocks the folio that a migration entry names',
  },
  'restore-munlocks': {
    base: 'v7.3',
    about: 'an idea: a migration that fails munlocks the folio where it maps it again in a VMA that is not VM_LOCKED',
  },
  'last-unmap-clears-mlocked': {
    base: 'v7.3',
    about: 'an idea: the rule of up to v5.17 again, the last unmapping clears PG_mlocked',
  },
  'mlock-synchronous': {
    base: 'v7.3',
    about: 'an idea, from the message of b74355078b65: mlock batches of one, which is synchronous operation',
  },
  'mlock-repaired': {
    base: 'v7.3',
    about:
      'four ideas together: mlocks and munlocks are done at once, each takes the LRU lock before it tests PG_lru, and the last unmapping clears PG_mlocked',
  },
  'munlock-repaired': {
    base: 'v7.3',
    about: 'two ideas together: munlock takes the LRU lock first, and its walk waits for migration entries',
  },
} satisfies Record<string, Patch>
