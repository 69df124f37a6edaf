/**
 * Two tasks pin the same index of a memfd of huge pages, which nobody has touched. Each looks the folio up, creates it
 * when there is none, and looks again when the other was faster (memfd_pin_folios, since v6.11).
 */
import {
  bool,
  type Claim,
  type Constants,
  collection,
  type FixedArray,
  model,
  note,
  oneOf,
  process,
  range,
  type StateOf,
  step,
  stepsIf,
} from '../../checker/language/index.ts'
import type { Kernel } from '../kernels.ts'
import type { Settings } from '../switches/index.ts'

export const constants = { deep: false } satisfies Constants

/** The bounds in words. */
export const boundsFor = () => '1 index of a memfd, 2 tasks that pin it once'

const tasks = collection('task', 2)
const state = {
  /** whether the page cache has a folio at the index, and the references of that folio */
  present: bool,
  refs: range(0, 3),
}
type Memfd = StateOf<typeof state>

type Held = 'nothing' | 'the folio' | 'an error pointer'

/** The state that claims speak of. */
export type Scene = Memfd & { readonly pinner: FixedArray<{ readonly pc: string; readonly folio: Held }> }

/** The model on a kernel, with the claims made about it. */
export function memfdPinVsMemfdPin(
  { settings }: Kernel,
  claims: readonly Claim<Scene>[],
  waive: Readonly<Record<string, string>>,
) {
  return model(
    'memfd-pin-vs-memfd-pin',
    { state, processes: { pinner: pinner(settings) } },
    {
      init(s) {
        s.present = false
        s.refs = 0
      },
      claims: claims as readonly Claim<Scene>[],
      waive,
    },
  )
}

function pinner(settings: Settings) {
  const forgets = settings['memfd-pin-after-lost-race'] === 'nothing'
  /** what the local variable `folio` of memfd_pin_folios holds */
  const held = oneOf<Held[]>('nothing', 'the folio', ...(forgets ? [] : (['an error pointer'] as const)))
  return process(
    state,
    { title: 'memfd_pin_folios', over: tasks, locals: { folio: held }, start: { folio: 'nothing' } },
    {
      filemap_get_folios_contig: step('mm/gup.c: memfd_pin_folios', (s, me) => {
        if (me.folio !== 'nothing') return 'put the folio of the round before'
        if (!s.present) return 'memfd_alloc_folio'
        s.refs++
        me.folio = 'the folio'
        return 'pinned'
      }),
      // What the variable holds is taken for a folio that an earlier round has looked up.
      'put the folio of the round before': step('mm/gup.c: memfd_pin_folios', (s, me) => {
        if (me.folio === 'an error pointer') {
          note(s, 'of an error pointer')
          return 'oops'
        }
        s.refs--
        me.folio = 'nothing'
        return 'filemap_get_folios_contig'
      }),
      // Creating it takes a reference; a look-up follows.
      memfd_alloc_folio: step('mm/memfd.c: memfd_alloc_folio', (s, me) => {
        if (s.present) {
          note(s, 'another task was faster, -EEXIST')
          me.folio = forgets ? 'nothing' : 'an error pointer'
          return 'filemap_get_folios_contig'
        }
        s.present = true
        s.refs = 2
        me.folio = 'the folio'
        return 'filemap_get_folios_contig'
      }),
      pinned: step('mm/gup.c: memfd_pin_folios', () => 'done'),
      ...stepsIf(!forgets, { oops: step('mm/gup.c: memfd_pin_folios', () => 'done') }),
    },
  )
}
