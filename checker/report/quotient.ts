/**
 * State graphs from a finished search: every state a node, or states grouped by the value of a projection. Values are
 * compared as Immutable values; a projection that reads few variables is called once for each combination of them.
 */
import { Map as ImmutableMap, isCollection, isIndexed, isKeyed, isRecord, isSeq } from 'immutable'
import { readField } from '../engine/layout.ts'
import { Recorder } from '../engine/recorder.ts'
import { LARGEST_TABLE } from '../engine/rules.ts'
import type { Search } from '../engine/search.ts'
import { emptyTable, insertPath, leafFor } from '../engine/table.ts'
import { asSpecError, openDraft } from '../language/draft.ts'
import { SpecError, show } from '../language/errors.ts'
import type { Instance } from '../language/instance.ts'
import type { StateEdge, StateGraph, StateNode } from './state-graph.ts'

/** Values counted before the counting of a quotient that is too large is given up. */
const MOST_COUNTED = 10_000

/** The graph of all states. Throws a SpecError when it has more than `limit` nodes. */
export function stateGraph(search: Search, limit: number): StateGraph {
  const { distinct } = search.outcome
  if (distinct > limit) throw tooLarge(search, `the state graph of ${search.model.name}`, `${distinct}`, limit)
  const ids = [...everyState(search)]
  const place = new Map(ids.map((id, at) => [id, at]))
  const isFinal = finalStates(search)
  const initial = new Set(initialStates(search))
  const text = stateText(search, ids)
  const nodes = ids.map(
    (id, at): StateNode => ({ id: at, text: text(id), initial: initial.has(id), final: isFinal(id), count: 1 }),
  )
  return { nodes, edges: edgesBetween(search, (id) => place.get(id)!, nodes.length, stepName) }
}

/**
 * The graph of the values that a projection of the model takes. Steps that do not change the value are left out, unless
 * there are no others. Throws a SpecError when there are more than `limit` values, and for values that are not Immutable.
 */
export function quotientGraph(search: Search, projection: string, limit: number): StateGraph {
  const { groupOf, values } = grouped(search, projection, limit)
  const isFinal = finalStates(search)
  const counts = values.map(() => ({ count: 0, initial: false, final: false }))
  for (const id of everyState(search)) {
    const group = counts[groupOf[id]]
    group.count++
    group.final ||= isFinal(id)
  }
  for (const id of initialStates(search)) counts[groupOf[id]].initial = true
  const nodes = values.map((value, at): StateNode => ({ id: at, text: nodeText(value), ...counts[at] }))
  const edges = edgesBetween(
    search,
    (id) => groupOf[id],
    nodes.length,
    (instance) => instance.name,
  )
  const moving = edges.filter(({ from, to }) => from !== to)
  return { nodes, edges: moving.length > 0 ? moving : edges }
}

function* everyState({ levels }: Search): Iterable<number> {
  for (const ranges of levels) for (const { from, to } of ranges) for (let id = from; id < to; id++) yield id
}

function* initialStates({ levels }: Search): Iterable<number> {
  for (const { from, to } of levels[0] ?? []) for (let id = from; id < to; id++) yield id
}

/** The group of each state, by its number, and the value of each group in the order of discovery. */
function grouped(search: Search, projection: string, limit: number): { groupOf: Int32Array; values: unknown[] } {
  const groupAt = evaluator(search, projection)
  const last = Math.max(0, ...search.levels.flat().map(({ to }) => to))
  const groupOf = new Int32Array(last)
  const values: unknown[] = []
  const groups = ImmutableMap<unknown, number>().asMutable()
  const { stride } = search.space
  for (const id of everyState(search)) {
    groupOf[id] = groupAt(id * stride, (value) => {
      refuseOpaque(value, projection)
      const known = groups.get(value)
      if (known !== undefined) return known
      groups.set(value, values.length)
      return values.push(value) - 1
    })
    if (values.length > MOST_COUNTED) break
  }
  if (values.length > limit) {
    const number = values.length > MOST_COUNTED ? `more than ${MOST_COUNTED}` : `${values.length}`
    throw tooLarge(search, `the quotient of ${search.model.name} by '${projection}'`, number, limit)
  }
  return { groupOf, values }
}

/** Evaluates a projection on stored states; `group` numbers a value that no table knows yet. */
function evaluator(search: Search, name: string): (base: number, group: (value: unknown) => number) => number {
  const { model, space, explorer } = search
  const { layout } = explorer.teacher
  const project = model.projections[name]
  const recorder = new Recorder(layout.fields.length)
  const draft = openDraft(model.domain, recorder)
  const table = emptyTable<number>()
  return (base, group) => {
    const { log } = space
    const leaf = leafFor(table, log, base)
    if (leaf !== undefined) return leaf.result
    recorder.begin((cell) => readField(layout.fields[cell], log, base))
    try {
      const found = group(project(draft.state))
      if (recorder.writtenCells.length > 0)
        throw new SpecError(
          'it changes the state',
          'projections only look at it',
          'compute with local variables instead',
        )
      if (table.leaves < LARGEST_TABLE)
        insertPath(table, layout, recorder, found, Object.is, () => log.slice(base, base + space.words))
      return found
    } catch (thrown) {
      throw asSpecError(thrown, `projection '${name}'`)
    }
  }
}

/** Refuses what JavaScript compares by identity, at any depth: every state would be its own group. */
function refuseOpaque(value: unknown, projection: string): void {
  const problem = opaque(value)
  if (problem !== null) {
    throw new SpecError(
      `it returned ${problem}`,
      'states are grouped by comparing these values, and JavaScript compares such things by identity or not at all',
      `return a string, a number or an Immutable value: import { Map } from 'immutable'; '${projection}': (s) => Map({ ... })`,
    )
  }
  if (isRecord(value)) for (const part of value.toSeq().values()) refuseOpaque(part, projection)
  else if (isCollection(value)) {
    for (const part of value.values()) refuseOpaque(part, projection)
    if (isKeyed(value)) for (const key of value.keys()) refuseOpaque(key, projection)
  }
}

/** What is wrong with a value, or null. Views of the state refuse every property they do not have, so `in` comes first. */
function opaque(value: unknown): string | null {
  if (value === undefined) return 'undefined'
  if (typeof value === 'function') return 'a function'
  if (typeof value !== 'object' || value === null) return null
  if (Array.isArray(value)) return `the array ${show(value).slice(0, 60)}`
  if (!('equals' in value && 'hashCode' in value)) return `a plain object, ${show(value).slice(0, 60)}`
  return isSeq(value) ? 'a Seq, which is computed only when it is read' : null
}

/** A value in a node: the entries of a map or record one below the other, everything else on one line. */
function nodeText(value: unknown): string {
  const entries = isRecord(value) ? [...value.toSeq().entries()] : isKeyed(value) ? [...value.entries()] : null
  return entries === null ? inline(value) : entries.map(([key, part]) => `${inline(key)}: ${inline(part)}`).join('\n')
}

function inline(value: unknown): string {
  if (isRecord(value) || isKeyed(value)) return `{${nodeText(value).split('\n').join(', ')}}`
  if (isIndexed(value)) return `[${[...value].map(inline).join(', ')}]`
  if (isCollection(value)) return `{${[...value].map(inline).join(', ')}}`
  return String(value)
}

/** The text of a state: the variables that are not the same in all states, one below the other. */
function stateText(search: Search, ids: readonly number[]): (id: number) => string {
  const { model, space, explorer } = search
  const { fields } = explorer.teacher.layout
  const reader = (id: number) => (cell: number) => readField(fields[cell], space.log, id * space.stride)
  const printed = ids.map((id) => model.domain.units.map((unit) => unit.print(reader(id))))
  const varying = model.domain.units.map((_, unit) => printed.some((values) => values[unit] !== printed[0][unit]))
  const shown = model.domain.units.flatMap((_, unit) => (varying.every((each) => !each) || varying[unit] ? [unit] : []))
  return (id) => {
    const values = printed[ids.indexOf(id)]
    return shown.map((unit) => `${model.domain.units[unit].path.replace(/^\./, '')} = ${values[unit]}`).join('\n')
  }
}

function finalStates(search: Search): (id: number) => boolean {
  const { model, space, explorer } = search
  const { fields } = explorer.teacher.layout
  const { final } = model
  if (final === null) return () => false
  let base = 0
  const draft = openDraft(model.domain, {
    read: (cell) => readField(fields[cell], space.log, base),
    write() {
      throw new SpecError(
        'it changes the state',
        'a final state is only looked at',
        'compute with local variables instead',
      )
    },
  })
  return (id) => {
    base = id * space.stride
    try {
      return final(draft.state)
    } catch (thrown) {
      throw asSpecError(thrown, 'the final states')
    }
  }
}

/** The label of a step in a graph of single states: with its arguments, and whose it is. */
function stepName({ name, label, actor }: Instance): string {
  return label.startsWith(name) ? label : `${actor}: ${label}`
}

function edgesBetween(
  search: Search,
  groupOf: (id: number) => number,
  groups: number,
  name: (instance: Instance) => string,
): StateEdge[] {
  const { model, space, explorer } = search
  const names = [...new Set(model.instances.map(name))]
  const nameOf = model.instances.map((instance) => names.indexOf(name(instance)))
  const seen = new Set<number>()
  for (const id of everyState(search)) {
    const from = groupOf(id)
    explorer.successors(id, (instance, out, base) => {
      const to = groupOf(space.find(out, base))
      seen.add((from * groups + to) * names.length + nameOf[instance])
    })
  }
  const labels = new Map<number, string[]>()
  for (const code of [...seen].sort((a, b) => a - b)) {
    const edge = Math.floor(code / names.length)
    labels.set(edge, [...(labels.get(edge) ?? []), names[code % names.length]])
  }
  return [...labels].map(([edge, texts]) => ({ from: Math.floor(edge / groups), to: edge % groups, labels: texts }))
}

function tooLarge({ model }: Search, what: string, count: string, limit: number): SpecError {
  const names = Object.keys(model.projections)
  const known =
    names.length === 0
      ? 'this model has no projections yet'
      : `this model has the projections ${names.map((name) => `'${name}'`).join(', ')}`
  return new SpecError(
    `${what} has ${count} nodes`,
    `a person can read about ${limit}`,
    `draw fewer values with --by PROJECTION; ${known}. A projection in the spec looks like this:
    import { Map } from 'immutable'
    projections: {
      'the lock': (s) => Map({ owner: s.owner, contended: s.waiting.size > 0 }),
    },`,
  )
}
