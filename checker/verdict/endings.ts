/**
 * Endings: what is seen of a model where its behaviours end, in the states without successors. For models of a single
 * call this is the list of every outcome that the call may have.
 */
import { OrderedSet } from 'immutable'
import { readField } from '../engine/layout.ts'
import { type ReferenceState, referenceInitials, referenceSearch, referenceSuccessors } from '../engine/reference.ts'
import { type Search, search } from '../engine/search.ts'
import { asSpecError, openDraft } from '../language/draft.ts'
import { SpecError } from '../language/errors.ts'
import type { Model } from '../language/model.ts'

export interface Endings<V> {
  /** each value once, in the order of discovery */
  readonly values: readonly V[]
  readonly distinct: number
  readonly generated: number
  readonly depth: number
}

/** States that are looked through for endings: a question is about something small. */
const MOST_STATES = 1_000_000

/**
 * The values, Immutable ones where composite, that `read` has in the states without successors. Throws a SpecError for a
 * fault of the spec, for a state that has no successors but may not end, and for a model too large to be looked through.
 */
export async function endingsOf<S extends object, V>(
  model: Model<S>,
  read: (state: S) => V,
  engine: 'tables' | 'reference' = 'tables',
  maxStates = MOST_STATES,
): Promise<Endings<V>> {
  const bare = { ...model, claims: [] } as unknown as Model
  return engine === 'reference' ? byReference(bare, read, maxStates) : byTables(bare, read, maxStates)
}

async function byTables<S extends object, V>(
  model: Model,
  read: (state: S) => V,
  maxStates: number,
): Promise<Endings<V>> {
  const found = await search(model, { symmetry: false, maxStates })
  const { explorer, space, outcome } = found
  refuseBad(model, outcome)
  const { fields } = explorer.teacher.layout
  let base = 0
  const see = reader(model, (cell) => readField(fields[cell], space.log, base), read)
  let values = OrderedSet<V>().asMutable()
  for (const id of statesWithoutSuccessors(found)) {
    base = id * space.stride
    values = values.add(see())
  }
  return { values: [...values], ...counts(outcome) }
}

function* statesWithoutSuccessors({ explorer, levels }: Search): Iterable<number> {
  for (const { from, to } of levels.flat()) {
    for (let id = from; id < to; id++) {
      let successors = 0
      explorer.successors(id, () => successors++)
      if (successors === 0) yield id
    }
  }
}

/** The same by the reference engine, for tests: nothing is shared but the search that has established the verdict. */
function byReference<S extends object, V>(model: Model, read: (state: S) => V, maxStates: number): Endings<V> {
  const outcome = referenceSearch(model, { maxStates })
  refuseBad(model, outcome)
  const successorsOf = referenceSuccessors(model)
  let shown: ReferenceState
  const readCell = (cell: number) => shown.get(cell)!
  const see = reader(model, readCell, read)
  const constraint = reader(model, readCell, model.constraint ?? (() => true))
  const allowed = (state: ReferenceState) => {
    shown = state
    return constraint()
  }
  const seen = new Set<string>()
  const queue = referenceInitials(model).filter(allowed)
  let values = OrderedSet<V>().asMutable()
  for (let state = queue.shift(); state !== undefined; state = queue.shift()) {
    const key = state.join()
    if (seen.has(key)) continue
    seen.add(key)
    const next = successorsOf(state)
      .map((successor) => successor.state)
      .filter(allowed)
    queue.push(...next)
    shown = state
    if (next.length === 0) values = values.add(see())
  }
  return { values: [...values], ...counts(outcome) }
}

type Outcome = Search['outcome']

const counts = ({ distinct, generated, depth }: Outcome) => ({ distinct, generated, depth })

function refuseBad({ name }: Model, { fault, deadlock, complete, distinct }: Outcome): void {
  if (fault !== null) throw fault.error.within(name)
  if (deadlock !== null) {
    throw new SpecError(
      `${name} comes to a standstill after ${deadlock} states`,
      'nothing can go on there, and the model does not call the state final',
      'check the model: its deadlock is shown with the steps that lead to it',
    )
  }
  if (!complete) {
    throw new SpecError(
      `${name} has more than ${distinct} states`,
      'endings are listed only of models that can be looked through completely',
      'ask about something smaller',
    )
  }
}

/** Reads a value off the state that `readCell` shows. */
function reader<S extends object, V>(model: Model, readCell: (cell: number) => number, read: (state: S) => V): () => V {
  const { state } = openDraft(model.domain, {
    read: readCell,
    write() {
      throw new SpecError('it changes the state', 'an ending is only looked at', 'compute with local variables instead')
    },
  })
  return () => {
    try {
      return read(state as S)
    } catch (thrown) {
      throw asSpecError(thrown, 'the ending')
    }
  }
}
