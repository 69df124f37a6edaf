/**
 * A resource allocator (Merz, "The Specification Language TLA+", 2008): clients ask for sets of resources, get them all at
 * once or in parts, and may give them back at any time. It keeps resources apart, and is as simple as that allows.
 */
import {
  alwaysEventually,
  array,
  choose,
  collection,
  type Fairness,
  forAll,
  invariant,
  leadsTo,
  model,
  setOf,
  when,
  withConstants,
} from '../checker/index.ts'
import type { Expected } from './expected.ts'

/** Every list of some of the things. */
function someOf<T>(things: Iterable<T>): T[][] {
  let lists: T[][] = [[]]
  for (const thing of things) lists = lists.flatMap((list) => [list, [...list, thing]])
  return lists.filter((list) => list.length > 0)
}

const allocatorWith = (fairness: Fairness) =>
  withConstants({ clients: 3, resources: 2 }, ({ clients, resources }) => {
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
          ReturnAll: forAll({ c: client }, (s, { c }) => {
            when(s.holds[c].size > 0)
            s.holds[c] = new Set()
          }),
          ReturnSome: forAll({ c: client }, (s, { c }) => {
            const held = s.holds[c].size
            for (const r of choose(
              s,
              someOf(s.holds[c]).filter((some) => some.length < held),
            ))
              s.holds[c].delete(r)
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
          leadsTo('who waits for nothing gives everything back', {
            name: 'returns',
            source: 'Merz 2008',
            over: { c: client },
            from: (s, { c }) => s.wants[c].size === 0,
            holds: (s, { c }) => s.holds[c].size === 0,
          }),
          leadsTo('who waits for a resource gets it', {
            name: 'obtains',
            source: 'Merz 2008',
            over: { c: client, r: resource },
            from: (s, { c, r }) => s.wants[c].has(r),
            holds: (s, { c, r }) => s.holds[c].has(r),
          }),
          alwaysEventually('every client is satisfied again and again', {
            name: 'satisfied',
            source: 'Merz 2008',
            over: { c: client },
            holds: (s, { c }) => s.wants[c].size === 0,
          }),
        ],
        fairness,
      },
    )
  })

/** A client gives back what it holds, and one that can be served again and again is served. */
export const spec = allocatorWith({ weak: ['ReturnAll'], strong: ['Allocate'] })

/** What a client waits for may be free again and again, but never for long: being served then takes luck. */
export const unfair = allocatorWith({ weak: ['ReturnAll', 'Allocate'] })

export const expected: readonly Expected[] = [
  {
    constants: { clients: 3, resources: 2 },
    distinct: 400,
    generated: 1633,
    depth: 6,
    claims: { exclusive: 'holds', 'no self-wait': 'holds', returns: 'holds', obtains: 'holds', satisfied: 'holds' },
  },
  {
    export: 'unfair',
    distinct: 400,
    claims: { exclusive: 'holds', 'no self-wait': 'holds', returns: 'holds', obtains: 5, satisfied: 5 },
  },
]
