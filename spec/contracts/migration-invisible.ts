/**
 * What user space knows of its memory while pages are migrated: loads return what was stored last. There is no migration
 * in it, because there is nothing of it to be seen.
 */
import { array, collection, forAll, model, range, when } from '../../checker/language/index.ts'

/** Memory of some objects, into each of which versions 1, 2, ... up to the last are stored. */
export function addressSpace(objects: number, versions: number) {
  const object = collection('object', objects)
  const version = range(0, versions)
  return model(
    'AddressSpace',
    {
      state: {
        /** what each object holds */
        stored: array(object, range(1, versions)),
        /** what the last load of each returned */
        seen: array(object, version),
      },
    },
    {
      init: (s) => {
        s.stored.fill(1)
        s.seen.fill(1)
      },
      actions: {
        Store: forAll({ object }, (s, { object }) => {
          when(s.stored[object] < versions)
          s.stored[object]++
        }),
        Load: forAll({ object }, (s, { object }) => {
          s.seen[object] = s.stored[object]
        }),
      },
      deadlock: 'off',
    },
  )
}
