/**
 * Replays a saved trace on the model as it is now: step by step, by process, label and changes, and to the same end. A
 * trace that does not fit any more is refused with the first thing that differs.
 */

import { Explorer } from '../engine/explorer.ts'
import { layoutOf, pack } from '../engine/layout.ts'
import type { Search } from '../engine/search.ts'
import { Space } from '../engine/space.ts'
import { openDraft } from '../language/draft.ts'
import { SpecError } from '../language/errors.ts'
import { forEachInitial } from '../language/initial.ts'
import type { Model } from '../language/model.ts'
import { boundClaims, satisfied } from '../language/predicate.ts'
import { correspondence } from '../verdict/mapping.ts'
import { isFair, violatedBy } from './behaviour.ts'
import { changesBetween, decode, describe, standstill, variableOf } from './describe.ts'
import { refutation } from './refuted.ts'
import type { Path } from './shortest.ts'
import type { Change, Trace, TraceStep } from './trace.ts'

/** A model to step through: what `describe` needs, without a search behind it. */
export type Stepper = Pick<Search, 'model' | 'explorer' | 'space'>

/** The trace as the model tells it now. Throws a SpecError when the saved one does not fit the model any more. */
export async function replay(model: Model, saved: Trace): Promise<Trace> {
  const space = new Space(layoutOf(model.domain.cells))
  const stepper: Stepper = { model, space, explorer: new Explorer(model, space, 1) }
  // The same label may lead to several states that differ only in a program counter: follow all of them.
  let paths = initialPaths(stepper, saved)
  if (paths.length === 0)
    throw misfit('its initial state is not one of the model', 'a variable or its initial value has changed')
  saved.steps.forEach((step, at) => {
    const next = paths.flatMap((path) => extensions(stepper, path, step))
    if (next.length === 0) throw noSuchStep(stepper, paths[0], step, at)
    paths = next
  })
  const { kind, sentence, claim, source, variant } = saved
  const heading = { kind, sentence, claim, source, variant }
  const about = model.claims.find((each) => each.name === claim)
  const failing =
    about === undefined || about.kind === 'refinement'
      ? []
      : boundClaims(model, about.kind).filter((bound) => model.claims[bound.claim] === about)
  const refuted = about?.kind === 'refinement' ? correspondence(model, about) : null
  if (claim !== '' && about === undefined)
    throw misfit(`the model makes no claim '${claim}'`, 'it was renamed or removed')
  for (const path of paths) {
    if (kind === 'deadlock' && successors(stepper, path).length > 0) continue
    if (kind === 'witness' && !witnesses(stepper, path, failing)) continue
    if (about?.kind === 'temporal') {
      const bound = closes(path, saved.loop ?? -1) ? violatedBy(stepper, path, saved.loop!, about) : null
      if (bound === null) continue
      return { ...describe(stepper, path, heading, [bound]), loop: saved.loop }
    }
    const trace = describe(stepper, path, heading, kind === 'violation' ? failing : [])
    if (refuted !== null) {
      if (saved.loop !== null && !(closes(path, saved.loop) && isFair(stepper, path, saved.loop))) continue
      const reasons = refutation(refuted, path, saved.loop)
      if (reasons === null) continue
      return { ...trace, loop: saved.loop, ...reasons }
    }
    if (kind === 'violation' && trace.failed.length === 0) continue
    return kind === 'deadlock' ? { ...trace, failed: standstill(stepper, path) } : trace
  }
  throw misfit(
    `its last state does not show the ${kind} any more`,
    'the steps are still possible, but the claim or the model has changed',
  )
}

function initialPaths({ model, space }: Stepper, saved: Trace): Path[] {
  const layout = layoutOf(model.domain.cells)
  const paths: Path[] = []
  forEachInitial(model, (codes) => {
    const values = new Map(model.domain.units.map((unit) => [variableOf(unit), unit.print((cell) => codes[cell])]))
    if (saved.initial.values.some(({ variable, value }) => values.get(variable) !== value)) return
    const words = new Int32Array(space.words)
    pack(layout, codes, words, 0)
    paths.push({ states: [words], instances: [] })
  })
  return paths
}

interface Successor {
  readonly instance: number
  readonly words: Int32Array
}

function successors({ explorer, space }: Stepper, path: Path): Successor[] {
  const found: Successor[] = []
  space.log.set(path.states[path.states.length - 1], space.stride)
  explorer.successors(1, (instance, out, at) => found.push({ instance, words: out.slice(at, at + space.words) }))
  return found
}

function extensions(stepper: Stepper, path: Path, step: TraceStep): Path[] {
  const { model } = stepper
  const before = decode(stepper, path.states[path.states.length - 1])
  return successors(stepper, path)
    .filter(({ instance, words }) => {
      const { actor, label } = model.instances[instance]
      return (
        actor === step.process &&
        label === step.label &&
        sameChanges(changesBetween(model, before, decode(stepper, words)), step.changes)
      )
    })
    .map(({ instance, words }) => ({ states: [...path.states, words], instances: [...path.instances, instance] }))
}

function sameChanges(a: readonly Change[], b: readonly Change[]): boolean {
  const text = ({ variable, from, to }: Change) => `${variable} ${from}->${to}`
  return a.length === b.length && a.every((change, at) => text(change) === text(b[at]))
}

function witnesses({ model, explorer }: Stepper, path: Path, failing: ReturnType<typeof boundClaims>): boolean {
  const codes = Int32Array.from(
    explorer.teacher.layout.fields,
    ({ word, shift, mask }) => (path.states[path.states.length - 1][word] >>> shift) & mask,
  )
  const { state } = openDraft(model.domain, { read: (cell) => codes[cell], write: () => {} })
  return failing.some((bound) => satisfied(bound, state))
}

/** Tells whether the last state of a path is the one after `loop` steps, so that the part between can be repeated. */
function closes({ states }: Path, loop: number): boolean {
  const last = states[states.length - 1]
  return loop >= 0 && loop < states.length && states[loop].every((word, at) => word === last[at])
}

function noSuchStep(stepper: Stepper, path: Path, step: TraceStep, at: number): SpecError {
  const { model } = stepper
  const before = decode(stepper, path.states[path.states.length - 1])
  const same = successors(stepper, path).find(
    ({ instance }) =>
      model.instances[instance].actor === step.process && model.instances[instance].label === step.label,
  )
  const name = `step ${at + 1}, ${step.process === '' ? '' : `${step.process} `}'${step.label}',`
  if (same === undefined)
    return misfit(`${name} is not possible there`, 'its guard is false in that state, or the step is gone')
  const now = changesBetween(model, before, decode(stepper, same.words)).map(
    ({ variable, from, to }) => `${variable} ${from}->${to}`,
  )
  const then = step.changes.map(({ variable, from, to }) => `${variable} ${from}->${to}`)
  return misfit(
    `${name} changes ${now.join(', ') || 'nothing'} instead of ${then.join(', ') || 'nothing'}`,
    'the step does something else now',
  )
}

function misfit(what: string, why: string): SpecError {
  return new SpecError(
    `the trace does not fit the model: ${what}`,
    why,
    'check the model again; if the finding is still there, save its new trace',
  )
}
