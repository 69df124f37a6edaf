/**
 * Projections: the values by which a quotient groups states. They are compared as Immutable values; a projection that
 * reads few variables is called once for each combination of them.
 */
import { Map as ImmutableMap, isCollection, isIndexed, isKeyed, isRecord, isSeq } from 'immutable'
import { readField } from '../engine/layout.ts'
import { Recorder } from '../engine/recorder.ts'
import { LARGEST_TABLE } from '../engine/rules.ts'
import type { Search } from '../engine/search.ts'
import { emptyTable, insertPath, leafFor } from '../engine/table.ts'
import { asSpecError, openDraft } from '../language/draft.ts'
import { SpecError, show } from '../language/errors.ts'

/** Values counted before the counting of a quotient that is too large is given up. */
const MOST_COUNTED = 10_000

/** States with renamed members that a projection is tried on. */
const MOST_RENAMED = 20_000

/** Every state of a search, in the order of discovery. */
export function* everyState({ levels }: Search): Iterable<number> {
  for (const ranges of levels) for (const { from, to } of ranges) for (let id = from; id < to; id++) yield id
}

export interface Groups {
  /** the group of each state, by the number of the state */
  readonly groupOf: Int32Array
  /** the value of each group, in the order of discovery */
  readonly values: readonly unknown[]
}

/** Groups all states by a projection. Throws a SpecError for more than `limit` groups, and for values that are not Immutable. */
export function groupStates(search: Search, projection: string, limit: number): Groups {
  const groupAt = evaluator(search, projection)
  const last = Math.max(0, ...search.levels.flat().map(({ to }) => to))
  const groupOf = new Int32Array(last)
  const values: unknown[] = []
  const groups = ImmutableMap<unknown, number>().asMutable()
  const { stride, log } = search.space
  for (const id of everyState(search)) {
    groupOf[id] = groupAt(log, id * stride, (value) => {
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
  refuseAsymmetric(
    search,
    projection,
    (words, base) => groupAt(words, base, (value) => groups.get(value) ?? -1),
    groupOf,
  )
  return { groupOf, values }
}

/** Under symmetry one state stands for its orbit: refuses a projection that has other values for others of it. */
function refuseAsymmetric(
  { explorer, space, ...search }: Search,
  projection: string,
  groupAt: (words: Int32Array, base: number) => number,
  groupOf: Readonly<Int32Array>,
): void {
  const { symmetry } = explorer
  if (symmetry === null) return
  const ids = [...everyState({ ...search, explorer, space })]
  const step = Math.ceil((ids.length * symmetry.exchanges.length) / MOST_RENAMED)
  for (let at = 0; at < ids.length; at += step) {
    for (const { by, members } of symmetry.exchanges) {
      if (groupAt(symmetry.image(space.log, ids[at] * space.stride, by), 0) === groupOf[ids[at]]) continue
      throw new SpecError(
        `projection '${projection}' does not treat ${members.join(' and ')} alike`,
        'their collection is declared symmetric and one state stands for all that differ in their names only, but the projection has another value for those',
        'draw the graph with --no-symmetry, or project to something that names no member, such as how many of them there are',
      )
    }
  }
}

type Evaluator = (words: Int32Array, base: number, group: (value: unknown) => number) => number

/** Evaluates a projection on packed states; `group` numbers a value that no table knows yet. */
function evaluator(search: Search, name: string): Evaluator {
  const { model, space, explorer } = search
  const { layout } = explorer.teacher
  const project = model.projections[name]
  const recorder = new Recorder(layout.fields.length)
  const draft = openDraft(model.domain, recorder)
  const table = emptyTable<number>()
  return (log, base, group) => {
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
export function valueText(value: unknown): string {
  const entries = isRecord(value) ? [...value.toSeq().entries()] : isKeyed(value) ? [...value.entries()] : null
  return entries === null ? inline(value) : entries.map(([key, part]) => `${inline(key)}: ${inline(part)}`).join('\n')
}

function inline(value: unknown): string {
  if (isRecord(value) || isKeyed(value)) return `{${valueText(value).split('\n').join(', ')}}`
  if (isIndexed(value)) return `[${[...value].map(inline).join(', ')}]`
  if (isCollection(value)) return `{${[...value].map(inline).join(', ')}}`
  return String(value)
}

/** The error for a graph with too many nodes: the count, and how to project further. */
export function tooLarge({ model }: Search, what: string, count: string, limit: number): SpecError {
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
