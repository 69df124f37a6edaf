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
} as const
