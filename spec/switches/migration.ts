/** Design decisions about page migration. */
import { define } from './switch.ts'

export const migration = {
  'unmap-sees-pins': define({
    about: 'whether unmapping for migration refuses an exclusive anonymous page that may be pinned',
    values: ['no', 'yes'],
    history: [
      { since: 'v3.12', value: 'no', commit: '' },
      { since: 'v5.19', value: 'yes', commit: '6c287605fd56' },
    ],
    patches: {},
  }),
  'migrate-list': define({
    about:
      'how migrate_pages goes over its list: folio by folio, or unmapping the whole batch first and moving it then (synchronous modes take folios that this leaves behind one by one)',
    values: ['per-folio', 'batched'],
    history: [
      { since: 'v3.12', value: 'per-folio', commit: '' },
      { since: 'v6.3', value: 'batched', commit: '5dfab109d519' },
    ],
    patches: {},
  }),
  'copy-order': define({
    about: 'whether the contents of a folio are copied after its references were frozen, or before',
    values: ['after-freeze', 'before-freeze'],
    history: [
      { since: 'v3.12', value: 'after-freeze', commit: '' },
      { since: 'v6.12', value: 'before-freeze', commit: '060913999d7a' },
    ],
    patches: {},
  }),
  'add-destination': define({
    about: 'whether the destination goes to the LRU after its page-table entries were restored, or before',
    values: ['after-restore', 'before-restore'],
    history: [
      { since: 'v3.12', value: 'after-restore', commit: '' },
      { since: 'v5.18', value: 'before-restore', commit: 'c3096e6782b7' },
    ],
    patches: {},
  }),
  'entry-waiter': define({
    about:
      'the reference of a task that waits on a migration entry: held while it sleeps, held until it is queued, or none',
    values: ['holds', 'momentary', 'none'],
    history: [
      { since: 'v3.12', value: 'holds', commit: '' },
      { since: 'v5.0', value: 'momentary', commit: '9a1ea439b16b' },
      { since: 'v5.17', value: 'none', commit: 'ffa65753c431' },
    ],
    patches: {},
  }),
} as const
