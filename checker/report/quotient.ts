/** State graphs from a finished search: every state a node, or states grouped by the value of a projection. */
import { readField } from '../engine/layout.ts'
import type { Search } from '../engine/search.ts'
import { asSpecError, openDraft } from '../language/draft.ts'
import { SpecError } from '../language/errors.ts'
import type { Instance } from '../language/instance.ts'
import { everyState, groupStates, tooLarge, valueText } from './projection.ts'
import type { StateEdge, StateGraph, StateNode } from './state-graph.ts'

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
  const { groupOf, values } = groupStates(search, projection, limit)
  const isFinal = finalStates(search)
  const counts = values.map(() => ({ count: 0, initial: false, final: false }))
  for (const id of everyState(search)) {
    const group = counts[groupOf[id]]
    group.count++
    group.final ||= isFinal(id)
  }
  for (const id of initialStates(search)) counts[groupOf[id]].initial = true
  const nodes = values.map((value, at): StateNode => ({ id: at, text: valueText(value), ...counts[at] }))
  const edges = edgesBetween(
    search,
    (id) => groupOf[id],
    nodes.length,
    (instance) => instance.name,
  )
  const moving = edges.filter(({ from, to }) => from !== to)
  return { nodes, edges: moving.length > 0 ? moving : edges }
}

function* initialStates({ levels }: Search): Iterable<number> {
  for (const { from, to } of levels[0] ?? []) for (let id = from; id < to; id++) yield id
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
  const { model, explorer } = search
  const names = [...new Set(model.instances.map(name))]
  const nameOf = model.instances.map((instance) => names.indexOf(name(instance)))
  const seen = new Set<number>()
  for (const id of everyState(search)) {
    const from = groupOf(id)
    explorer.successors(id, (instance, out, base) => {
      const to = groupOf(explorer.idOf(out, base))
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
