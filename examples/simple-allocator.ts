/**
 * A resource allocator (Merz, "The Specification Language TLA+", 2008): clients ask for sets of resources, get them all at
 * once or in parts, and may give them back at any time. It keeps resources apart, and is as simple as that allows.
 */
import { array, choose, collection, forAll, invariant, model, setOf, when, withConstants } from '../checker/index.ts'
import type { Expected } from './expected.ts'

/** Every list of some of the things. */
function someOf<T>(things: Iterable<T>): T[][] {
  let lists: T[][] = [[]]
  for (const thing of things) lists = lists.flatMap((list) => [list, [...list, thing]])
  return lists.filter((list) => list.length > 0)
}

export const spec = withConstants({ clients: 3, resources: 2 }, ({ clients, resources }) => {
  const client = collection('client', clients)
  const resource = collection('resource', resources)
  const others = Object.fromEntries(client.values.map((c) => [c, client.values.filter((other) => other !== c)]))
  return model(
    'SimpleAllocator',
    { state: { wants: array(client, setOf(resource)), holds: array(client, setOf(resource)) } },
    {
      init: (s) => {
        s.wants.fill(new Set())
        s.holds.fill(new Set())
      },
      actions: {
        Request: forAll({ c: client }, (s, { c }) => {
          when(s.wants[c].size === 0 && s.holds[c].size === 0)
          s.wants[c] = new Set(choose(s, someOf(resource.values)))
        }),
        Allocate: forAll({ c: client }, (s, { c }) => {
          const free = [...s.wants[c]].filter((r) => s.holds.every((held) => !held.has(r)))
          for (const r of choose(s, someOf(free))) {
            s.wants[c].delete(r)
            s.holds[c].add(r)
          }
        }),
        Return: forAll({ c: client }, (s, { c }) => {
          for (const r of choose(s, someOf(s.holds[c]))) s.holds[c].delete(r)
        }),
      },
      claims: [
        invariant('no resource is held by two clients', {
          name: 'exclusive',
          source: 'Merz 2008',
          over: { c: client, r: resource },
          given: (s, { c, r }) => s.holds[c].has(r),
          holds: (s, { c, r }) => others[c].every((other) => !s.holds[other].has(r)),
        }),
        invariant('no client waits for what it holds', {
          name: 'no self-wait',
          source: 'Merz 2008',
          over: { c: client, r: resource },
          given: (s, { c, r }) => s.wants[c].has(r),
          holds: (s, { c, r }) => !s.holds[c].has(r),
        }),
      ],
    },
  )
})

export const expected: readonly Expected[] = [
  {
    constants: { clients: 3, resources: 2 },
    distinct: 400,
    generated: 1633,
    depth: 6,
    claims: { exclusive: 'holds', 'no self-wait': 'holds' },
  },
]
