/**
 * Generated specs that treat the members of their collections alike: every guard and effect is about members that
 * parameters, locals or choices bring, never about a certain one. Plain data, so that another thread can build the same.
 */
import type { Model } from '../../checker/index.ts'
import {
  array,
  bool,
  choose,
  collection,
  forAll,
  invariant,
  model,
  optional,
  process,
  reachable,
  record,
  sequence,
  setOf,
  step,
  stepClaim,
  union,
  when,
} from '../../checker/index.ts'
import type { Declaration } from '../../checker/language/domain.ts'

/** What an action or claim knows of the members: two tasks and a page. */
interface Who {
  readonly a: number
  readonly b: number
  readonly x: number
}

type State = Record<string, never>
interface Part {
  readonly domain: (tasks: ReturnType<typeof collection>, pages: ReturnType<typeof collection>) => Declaration[string]
  readonly initial: unknown
  readonly guards: readonly ((s: never, who: Who) => boolean)[]
  readonly effects: readonly ((s: State, name: string, who: Who) => void)[]
}

const set = (s: State, name: string, value: unknown): void => {
  ;(s as Record<string, unknown>)[name] = value
}
const toggle = (all: { has(x: number): boolean; add(x: number): unknown; delete(x: number): unknown }, x: number) =>
  all.has(x) ? all.delete(x) : all.add(x)

type Toggled = { has(x: number): boolean; add(x: number): unknown; delete(x: number): unknown; size: number }
type Held = { kind: 'free' } | { kind: 'held'; by: number; page: number }
type Packet = { by: number; marks: boolean[] } | null
type Queue = { length: number; includes(x: number): boolean; push(x: number): void; shift(): void }

const PARTS: readonly Part[] = [
  {
    domain: (tasks) => array(tasks, bool) as Declaration[string],
    initial: 'all false',
    guards: [(v: boolean[], { a }) => v[a], (v: boolean[]) => v.some((each) => !each)],
    effects: [(s, n, { a }) => set(s[n] as never, `${a}`, !(s[n] as boolean[])[a])],
  },
  {
    domain: (tasks) => optional(tasks) as Declaration[string],
    initial: null,
    guards: [(v: number | null) => v === null, (v: number | null, { a }) => v === a],
    effects: [(s, n, { a }) => set(s, n, a), (s, n) => set(s, n, null)],
  },
  {
    domain: (tasks) => setOf(tasks) as Declaration[string],
    initial: 'empty set',
    guards: [(v: Toggled, { a }) => v.has(a), (v: Toggled) => v.size < 2],
    effects: [(s, n, { a }) => toggle(s[n], a)],
  },
  {
    domain: (tasks) => sequence(tasks, 2) as Declaration[string],
    initial: [],
    guards: [(v: Queue, { a }) => v.includes(a), (v: Queue) => v.length === 0],
    effects: [
      (s, n, { a }) => {
        when((s[n] as Queue).length < 2)
        ;(s[n] as Queue).push(a)
      },
      (s, n) => (s[n] as Queue).shift(),
    ],
  },
  {
    domain: (tasks, pages) => union({ free: {}, held: { by: tasks, page: pages } }) as Declaration[string],
    initial: { kind: 'free' },
    guards: [(v: Held) => v.kind === 'free', (v: Held, { a, x }) => v.kind === 'held' && v.by === a && v.page === x],
    effects: [(s, n, { a, x }) => set(s, n, { kind: 'held', by: a, page: x }), (s, n) => set(s, n, { kind: 'free' })],
  },
  {
    domain: (tasks, pages) => array(tasks, setOf(pages)) as Declaration[string],
    initial: 'empty sets',
    guards: [(v: Toggled[], { a, x }) => v[a].has(x), (v: Toggled[], { a, b }) => v[a].size === v[b].size],
    effects: [(s, n, { a, x }) => toggle((s[n] as Toggled[])[a], x)],
  },
  {
    domain: (tasks) => array(tasks, record({ next: optional(tasks) })) as Declaration[string],
    initial: 'no next',
    guards: [
      (v: { next: number | null }[], { a, b }) => v[a].next === b,
      (v: { next: number | null }[], { a }) => v[a].next === null,
    ],
    effects: [
      (s, n, { a, b }) => set((s[n] as never)[a], 'next', b),
      (s, n, { a }) => set((s[n] as never)[a], 'next', null),
    ],
  },
  {
    domain: (tasks) => optional(record({ by: tasks, marks: array(tasks, bool) })) as Declaration[string],
    initial: null,
    guards: [(v: Packet) => v === null, (v: Packet, { a, b }) => v !== null && v.by === a && v.marks[b]],
    effects: [
      (s, n, { a, b }) => {
        const old = s[n] as Packet
        set(s, n, {
          by: a,
          marks: old === null ? SOME.map(() => false) : [...old.marks].map((m, at) => m !== (at === b)),
        })
      },
      (s, n) => set(s, n, null),
    ],
  },
]

/** As many as the model that is being built has tasks. */
let SOME: number[] = []

export interface SymmetricDescription {
  readonly tasks: number
  readonly pages: number
  readonly parts: readonly number[]
  readonly actions: readonly { guards: readonly number[]; effects: readonly number[]; distinct: boolean }[]
  readonly process: { readonly first: number; readonly second: number } | null
  readonly claims: readonly { kind: 'invariant' | 'step' | 'reachable'; guards: readonly number[] }[]
  readonly chooses: boolean
  readonly deadlock: 'off' | 'stuck'
}

/** Makes the model that a description stands for. */
export function buildSymmetric(description: SymmetricDescription): Model {
  const tasks = collection('task', description.tasks, { symmetric: true })
  const pages = collection('page', description.pages, { symmetric: true })
  SOME = [...tasks.values]
  const parts = description.parts.map((part, at) => ({ name: `v${at}`, ...PARTS[part % PARTS.length] }))
  const state: Declaration = Object.fromEntries(parts.map(({ name, domain }) => [name, domain(tasks, pages)]))
  const pick = <T>(list: readonly T[], n: number): T => list[n % list.length]
  const guards = parts.flatMap(({ name, guards }) =>
    guards.map((guard) => (s: object, who: Who) => guard((s as State)[name], who)),
  )
  const effects = parts.flatMap(({ name, effects }) =>
    effects.map((effect) => (s: object, who: Who) => effect(s as State, name, who)),
  )
  const over = { a: tasks, b: tasks, x: pages }
  const all = (s: object, who: Who, chosen: readonly number[]) => chosen.every((n) => pick(guards, n)(s, who))
  const some = (s: object, chosen: readonly number[]) =>
    tasks.values.some((a) => tasks.values.some((b) => pages.values.some((x) => all(s, { a, b, x }, chosen))))
  const initial = (s: State) => {
    for (const { name, initial } of parts) {
      if (initial === 'all false') (s[name] as { fill(v: boolean): void }).fill(false)
      else if (initial === 'empty set') set(s, name, new Set())
      else if (initial === 'empty sets')
        set(
          s,
          name,
          tasks.values.map(() => new Set()),
        )
      else if (initial === 'no next')
        set(
          s,
          name,
          tasks.values.map(() => ({ next: null })),
        )
      else set(s, name, initial)
    }
    if (description.chooses) {
      const who = { a: choose(s, tasks), b: choose(s, tasks), x: choose(s, pages) }
      pick(effects, 0)(s, who)
    }
  }
  const processes =
    description.process === null
      ? {}
      : {
          worker: process(
            state,
            { locals: { seen: optional(tasks) }, start: { seen: null }, over: tasks },
            {
              begin: step('begin', (s, me) => {
                me.seen = choose(s, tasks)
                pick(effects, description.process!.first)(s, { a: me.id, b: me.seen, x: choose(s, pages) })
                return 'end'
              }),
              end: step('end', (s, me) => {
                pick(effects, description.process!.second)(s, { a: me.seen ?? me.id, b: me.id, x: choose(s, pages) })
                me.seen = null
                return 'done'
              }),
            },
          ),
        }
  return model(
    'Symmetric',
    { state, processes },
    {
      init: initial as (s: object) => void,
      actions: Object.fromEntries(
        description.actions.map((action, at) => [
          `a${at}`,
          forAll(over, (s: object, who) => {
            when(all(s, who, action.guards) && !(action.distinct && who.a === who.b))
            for (const effect of action.effects) pick(effects, effect)(s, who)
          }),
        ]),
      ),
      claims: description.claims.map(({ kind, guards: chosen }, at) => {
        if (kind === 'reachable') return reachable<object>(`claim ${at}`, (s) => some(s, chosen))
        if (kind === 'invariant')
          return invariant<object, typeof over>(`claim ${at}`, { over, holds: (s, who) => !all(s, who, chosen) })
        return stepClaim<object, typeof over>(`claim ${at}`, {
          over,
          holds: (before, after, who) => !(all(before, who, chosen.slice(0, 1)) && all(after, who, chosen.slice(1))),
        })
      }),
      deadlock: description.deadlock,
    },
  )
}
