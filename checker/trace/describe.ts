/** From a path of packed states to a trace in words: what each step changed, and what decided the verdict. */
import { readField } from '../engine/layout.ts'
import { Recorder } from '../engine/recorder.ts'
import type { Search } from '../engine/search.ts'
import type { Unit } from '../language/domain.ts'
import { enabled, forEachBranch, openDraft } from '../language/draft.ts'
import { SpecError } from '../language/errors.ts'
import { forEachInitial } from '../language/initial.ts'
import type { Model } from '../language/model.ts'
import type { BoundClaim, OnState, OnStep } from '../language/predicate.ts'
import type { Path } from './shortest.ts'
import type { Change, Evidence, FailedConjunct, Trace, TraceStep } from './trace.ts'

/** Everything of a trace that the path does not tell. */
export type Heading = Pick<Trace, 'kind' | 'sentence' | 'claim' | 'source' | 'variant'>

/** The variable that a unit of the state is, as printed. */
export const variableOf = (unit: Unit): string => unit.path.replace(/^\./, '')

type Codes = Readonly<Int32Array>

/** The cell codes of a packed state. */
export function decode(search: Pick<Search, 'explorer'>, words: Int32Array, base = 0): Int32Array {
  return Int32Array.from(search.explorer.teacher.layout.fields, (field) => readField(field, words, base))
}

/** The variables in which two states differ. Program counters are left out: the labels tell them. */
export function changesBetween(model: Model, before: Codes, after: Codes): Change[] {
  return model.domain.units.flatMap((unit) => {
    if (isProgramCounter(model, unit) || equalIn(unit, before, after)) return []
    return [{ variable: variableOf(unit), from: printUnit(unit, before), to: printUnit(unit, after) }]
  })
}

/** The value of a unit in a state. */
export const printUnit = (unit: Unit, codes: Codes): string => unit.print((cell) => codes[cell])

/** Tells whether two states agree on a unit. */
export function equalIn(unit: Unit, a: Codes, b: Codes): boolean {
  for (let cell = unit.first; cell < unit.first + unit.count; cell++) if (a[cell] !== b[cell]) return false
  return true
}

function isProgramCounter(model: Model, unit: Unit): boolean {
  return (
    unit.path.endsWith('.pc') &&
    model.instances.some(({ actor, anchor }) => anchor !== '' && unit.path === `.${actor}.pc`)
  )
}

/** A trace along a path, with the evidence that `failing` claims give at its end. */
export function describe(
  search: Pick<Search, 'model' | 'explorer'>,
  path: Path,
  heading: Heading,
  failing: readonly BoundClaim[],
): Trace {
  const { model } = search
  const codes = path.states.map((words) => decode(search, words))
  const noteOf = notesOf(model)
  const steps = path.instances.map((instance, at): TraceStep => {
    const { actor, label, anchor } = model.instances[instance]
    const note = noteOf(instance, codes[at], codes[at + 1])
    return { process: actor, label, anchor, note, changes: changesBetween(model, codes[at], codes[at + 1]) }
  })
  const acting = new Set(steps.map(({ process }) => process))
  const columns = [
    ...new Map(model.instances.filter(({ actor }) => acting.has(actor)).map(({ actor, title }) => [actor, title])),
  ]
  return {
    ...heading,
    model: model.name,
    length: path.states.length,
    columns: columns.map(([process, title]) => ({ process, title })),
    initial: {
      name: initialName(model, codes[0]),
      values: model.domain.units
        .filter((unit) => !isProgramCounter(model, unit) && !isConstant(model, unit))
        .map((unit) => ({ variable: variableOf(unit), value: printUnit(unit, codes[0]) })),
    },
    steps,
    loop: null,
    // One set of arguments is enough to see why; the others are often the same story with other names.
    failed: failing.map((bound) => failedConjuncts(model, bound, codes)).find((failed) => failed.length > 0) ?? [],
    contextSwitches: steps.filter(({ process }, at) => at > 0 && process !== steps[at - 1].process).length,
  }
}

/** What a variant of a spec does not use is declared as a constant. It says nothing about a state. */
function isConstant({ domain }: Model, unit: Unit): boolean {
  return domain.cells.slice(unit.first, unit.first + unit.count).every(({ size }) => size === 1)
}

/** What a step noted: it is run once more, and of its branches the one counts that leads to the state after it. */
function notesOf(model: Model): (instance: number, before: Codes, after: Codes) => string {
  let codes = new Int32Array()
  const draft = openDraft(model.domain, {
    read: (cell) => codes[cell],
    write: (cell, code) => {
      codes[cell] = code
    },
  })
  return (instance, before, after) => {
    const { run } = model.instances[instance]
    let found = ''
    forEachBranch((chooser) => {
      codes = Int32Array.from(before)
      const notes: string[] = []
      draft.noter = (text) => notes.push(text)
      if (!enabled(run, draft, chooser) || !codes.every((code, cell) => code === after[cell])) return false
      found = notes.join(', ')
      return found !== ''
    })
    return found
  }
}

/** Which named initial state a path begins with; empty where the model has only one. */
function initialName(model: Model, first: Codes): string {
  if (model.init.length === 1) return ''
  let found = ''
  forEachInitial(model, (codes, name) => {
    if (!codes.every((code, cell) => code === first[cell])) return false
    found = name
    return true
  })
  return found
}

/** The conjuncts of a claim that are false at the end of a path, with what they read and who wrote it. */
function failedConjuncts(model: Model, bound: BoundClaim, codes: readonly Codes[]): FailedConjunct[] {
  const cells = model.domain.cells.length
  const last = codes.length - 1
  const onStep = model.claims[bound.claim].kind === 'step'
  const recorder = new Recorder(2 * cells)
  const first = openDraft(model.domain, recorder).state
  const second = openDraft(model.domain, { read: (cell) => recorder.read(cells + cell), write: () => {} }).state
  const source = (cell: number) => {
    if (!onStep) return codes[last][cell]
    return cell < cells ? codes[last - 1][cell] : codes[last][cell - cells]
  }
  const evaluate = (test: OnState | OnStep) => (onStep ? (test as OnStep)(first, second) : (test as OnState)(first))
  // Behind one that is false there may be some that make no sense then: the search did not ask them either.
  const fails = (test: OnState | OnStep): boolean => {
    try {
      return (bound.premise === null || evaluate(bound.premise)) && !evaluate(test)
    } catch (thrown) {
      if (thrown instanceof SpecError) return false
      throw thrown
    }
  }
  return bound.conjuncts.flatMap(({ name, test }) => {
    recorder.begin(source)
    if (!fails(test)) return []
    const read = [...new Set(recorder.readCells.map((cell) => cell % cells))]
    const units = [
      ...new Set(
        read.map((cell) => model.domain.units.find((unit) => cell >= unit.first && cell < unit.first + unit.count)!),
      ),
    ]
    return [{ name, args: bound.args, evidence: units.map((unit) => evidenceFor(unit, codes)) }]
  })
}

/** The value of a unit at the end of a path, and the step that wrote it. */
export function evidenceFor(unit: Unit, codes: readonly Codes[]): Evidence {
  let writtenBy: number | null = null
  for (let at = 1; at < codes.length; at++) if (!equalIn(unit, codes[at - 1], codes[at])) writtenBy = at - 1
  return { variable: variableOf(unit), value: printUnit(unit, codes[codes.length - 1]), writtenBy }
}

/** Where every process stands at the end of a path that leads to a deadlock. */
export function standstill(search: Pick<Search, 'model' | 'explorer'>, path: Path): FailedConjunct[] {
  const { model } = search
  const codes = path.states.map((words) => decode(search, words))
  const counters = model.domain.units.filter((unit) => isProgramCounter(model, unit))
  const shown = counters.length > 0 ? counters : model.domain.units
  return [{ name: 'no step is possible', args: '', evidence: shown.map((unit) => evidenceFor(unit, codes)) }]
}
