/**
 * Generated specs: small specs as plain data, and the interpreter that makes a model of one, so that another thread can
 * build the same model from its arguments. Numbers in a description choose among what the spec has, modulo how many
 * there are: any description is a spec, and a failing one can be made smaller piece by piece.
 */
import type { Claim, FiniteSet, Model } from '../../checker/index.ts'
import {
  choose,
  derived,
  forAll,
  invariant,
  model,
  process,
  reachable,
  step,
  stepClaim,
  when,
} from '../../checker/index.ts'
import type { ActionLike } from '../../checker/language/action.ts'
import type { Declaration, ScalarDomain } from '../../checker/language/domain.ts'
import type { DeadlockRule } from '../../checker/language/model.ts'
import type { Process } from '../../checker/language/process.ts'
import { DONE } from '../../checker/language/process.ts'
import type { DomainDescription, Nodes, ScalarDescription, Shape } from './generated-shape.ts'
import { modulo, pick, scalarOf, shapeOf } from './generated-shape.ts'

/** An expression is a whole number; zero is false. */
export type Expression =
  | number
  /** a parameter, or what was chosen before */
  | { readonly op: 'value'; readonly n: number }
  /** all of a place; `after` matters in step claims only */
  | { readonly op: 'read'; readonly at: PlaceDescription; readonly after: boolean }
  /** one of the questions that the place at hand can answer */
  | {
      readonly op: 'ask'
      readonly at: PlaceDescription
      readonly question: number
      readonly argument: Expression
      readonly after: boolean
    }
  | { readonly op: 'sum' | 'same' | 'less' | 'both' | 'either'; readonly a: Expression; readonly b: Expression }
  | { readonly op: 'not'; readonly a: Expression }
  /** one of the derived quantities, asked about the parameters and choices at hand */
  | { readonly op: 'derived'; readonly n: number; readonly after: boolean }

/** A variable, or a part of one; where the way there passes arrays, `index` tells which element. */
export interface PlaceDescription {
  readonly place: number
  readonly index: Expression
  /** only in faulty specs: lets an index, an argument or a value be out of range */
  readonly wild: boolean
}

export type Statement =
  | { readonly do: 'when'; readonly condition: Expression }
  /** gives the place the value that the number `seed` stands for */
  | { readonly do: 'assign'; readonly at: PlaceDescription; readonly seed: Expression }
  /** adds to the number that stands for the place, and assigns what the sum stands for */
  | { readonly do: 'advance'; readonly at: PlaceDescription; readonly by: number }
  /** assigns a place from another one of the same domain */
  | { readonly do: 'copy'; readonly at: PlaceDescription; readonly from: PlaceDescription }
  /** changes a set, sequence or array in place */
  | { readonly do: 'use'; readonly at: PlaceDescription; readonly method: number; readonly argument: Expression }
  | {
      readonly do: 'if'
      readonly condition: Expression
      readonly body: readonly Statement[]
      readonly else: readonly Statement[]
    }
  | { readonly do: 'choose'; readonly from: Choice }

/** What is chosen from: a domain, the members of a set, or the numbers below one that the state gives. */
export type Choice =
  | { readonly among: 'domain'; readonly of: ScalarDescription }
  | { readonly among: 'members'; readonly at: PlaceDescription }
  | { readonly among: 'numbers'; readonly below: Expression }

export interface ActionDescription {
  readonly parameters: readonly ScalarDescription[]
  readonly body: readonly Statement[]
}

export interface ProcessDescription {
  /** one for each member of the collection, or a single one */
  readonly many: boolean
  readonly locals: readonly DomainDescription[]
  /** `next` chooses among the labels and the end */
  readonly steps: readonly { readonly body: readonly Statement[]; readonly next: Expression }[]
}

export interface ClaimDescription {
  readonly kind: 'invariant' | 'step' | 'reachable'
  readonly over: ScalarDescription | null
  readonly given: Expression | null
  readonly conjuncts: readonly Expression[]
}

export interface SpecDescription {
  /** members of the collection */
  readonly nodes: number
  /** whether `wild` means anything */
  readonly faulty: boolean
  readonly variables: readonly DomainDescription[]
  readonly processes: readonly ProcessDescription[]
  /** what each initial state does after every variable has its first value */
  readonly initial: readonly (readonly Statement[])[]
  readonly actions: readonly ActionDescription[]
  /** what derived quantities are; they ask for no others */
  readonly quantities: readonly Expression[]
  readonly claims: readonly ClaimDescription[]
  readonly constraint: Expression | null
  readonly deadlock: DeadlockRule
  readonly final: Expression | null
}

/** A variable or part of one: its shape, and the steps that lead there from the state or from a process's locals. */
interface Place {
  readonly shape: Shape
  readonly local: boolean
  readonly path: readonly (string | ScalarDomain<unknown>)[]
}

/** Where a function of the spec may read and write: everywhere, and where it may do something special. */
interface Places {
  readonly all: readonly Place[]
  readonly asking: readonly Place[]
  readonly using: readonly Place[]
  readonly sets: readonly Place[]
}

/** What a function of the spec works with. */
interface Scope {
  readonly places: Places
  /** the state; for step claims, the states before and after */
  readonly states: readonly object[]
  readonly me: object
  /** codes of parameters and choices */
  readonly values: number[]
  readonly faulty: boolean
  readonly nodes: Nodes
  readonly quantities: readonly ((state: object, ...values: number[]) => number)[]
}

type View = Record<string | number, unknown>

function placesBelow(shape: Shape, local: boolean, path: Place['path']): Place[] {
  return [
    { shape, local, path },
    ...shape.parts.flatMap((part) => placesBelow(part.shape, local, [...path, part.step])),
  ]
}

function grouped(all: readonly Place[]): Places {
  return {
    all,
    asking: all.filter(({ shape }) => shape.asks.length > 0),
    using: all.filter(({ shape }) => shape.uses.length > 0),
    sets: all.filter(({ shape }) => shape.domain.kind === 'set'),
  }
}

/** The view that a place lies in, and its key there. */
function locate(
  scope: Scope,
  place: Place,
  at: PlaceDescription,
  state: object,
): { holder: View; key: string | number } {
  const index = evaluate(scope, at.index)
  const keys = place.path.map((part) => {
    if (typeof part === 'string') return part
    return scope.faulty && at.wild ? 99 : (part.decode(modulo(index, part.size)) as string | number)
  })
  let holder = (place.local ? scope.me : state) as View
  for (const key of keys.slice(0, -1)) holder = holder[key] as View
  return { holder, key: keys[keys.length - 1] }
}

function valueAt(scope: Scope, place: Place, at: PlaceDescription, after: boolean): unknown {
  const { holder, key } = locate(scope, place, at, scope.states[after ? scope.states.length - 1 : 0])
  return holder[key]
}

function evaluate(scope: Scope, expression: Expression): number {
  if (typeof expression === 'number') return expression
  const bit = (condition: boolean) => (condition ? 1 : 0)
  switch (expression.op) {
    case 'value':
      return scope.values.length === 0 ? 0 : pick(scope.values, expression.n)
    case 'read': {
      const place = pick(scope.places.all, expression.at.place)
      return place.shape.code(valueAt(scope, place, expression.at, expression.after))
    }
    case 'ask': {
      if (scope.places.asking.length === 0) return 0
      const place = pick(scope.places.asking, expression.at.place)
      const argument = evaluate(scope, expression.argument)
      const value = valueAt(scope, place, expression.at, expression.after)
      return pick(place.shape.asks, expression.question)(value as never, argument, scope.faulty && expression.at.wild)
    }
    case 'sum':
      return evaluate(scope, expression.a) + evaluate(scope, expression.b)
    case 'same':
      return bit(evaluate(scope, expression.a) === evaluate(scope, expression.b))
    case 'less':
      return bit(evaluate(scope, expression.a) < evaluate(scope, expression.b))
    case 'both':
      return bit(evaluate(scope, expression.a) !== 0 && evaluate(scope, expression.b) !== 0)
    case 'either':
      return bit(evaluate(scope, expression.a) !== 0 || evaluate(scope, expression.b) !== 0)
    case 'not':
      return bit(evaluate(scope, expression.a) === 0)
    case 'derived': {
      if (scope.quantities.length === 0) return 0
      const state = scope.states[expression.after ? scope.states.length - 1 : 0]
      return pick(scope.quantities, expression.n)(state, ...scope.values)
    }
  }
}

function perform(scope: Scope, statement: Statement): void {
  const [state] = scope.states
  switch (statement.do) {
    case 'when':
      when(evaluate(scope, statement.condition) !== 0)
      return
    case 'assign':
    case 'advance': {
      const place = pick(scope.places.all, statement.at.place)
      const { holder, key } = locate(scope, place, statement.at, state)
      const seed =
        statement.do === 'assign' ? evaluate(scope, statement.seed) : place.shape.code(holder[key]) + statement.by
      holder[key] = scope.faulty && statement.at.wild ? 'nowhere' : place.shape.make(seed)
      return
    }
    case 'copy': {
      const from = pick(scope.places.all, statement.from.place)
      const { text } = from.shape.domain
      const alike = scope.places.all.filter(({ shape }) => shape.domain.text === text)
      const place = pick(alike, statement.at.place)
      const value = valueAt(scope, from, statement.from, false)
      const { holder, key } = locate(scope, place, statement.at, state)
      holder[key] = value
      return
    }
    case 'use': {
      if (scope.places.using.length === 0) return
      const place = pick(scope.places.using, statement.at.place)
      const argument = evaluate(scope, statement.argument)
      const view = valueAt(scope, place, statement.at, false)
      pick(place.shape.uses, statement.method)(view as never, argument, scope.faulty && statement.at.wild)
      return
    }
    case 'if':
      for (const each of evaluate(scope, statement.condition) !== 0 ? statement.body : statement.else)
        perform(scope, each)
      return
    case 'choose':
      scope.values.push(chosen(scope, statement.from))
      return
  }
}

function chosen(scope: Scope, from: Choice): number {
  const [state] = scope.states
  if (from.among === 'domain') {
    const domain = scalarOf(from.of, scope.nodes)
    return domain.encode(choose(state, domain))
  }
  if (from.among === 'numbers') {
    return choose(
      state,
      Array.from({ length: modulo(evaluate(scope, from.below), 4) }, (_, at) => at),
    )
  }
  if (scope.places.sets.length === 0) return 0
  const place = pick(scope.places.sets, from.at.place)
  const members = valueAt(scope, place, from.at, false) as FiniteSet<unknown>
  return modulo(String(choose(state, members)).length, 5)
}

/** Starts a function of the spec on one state or two. */
type Begin = (states: readonly object[], values: number[], places?: Places, me?: object) => Scope

/** A process and what it is called. */
interface Owner extends ProcessDescription {
  readonly name: string
  readonly labels: readonly string[]
  readonly shapes: readonly Shape[]
}

const ownerOf = (description: ProcessDescription, at: number, nodes: Nodes): Owner => ({
  ...description,
  name: `p${at}`,
  labels: [...description.steps.map((_, n) => `step${n}`), DONE],
  shapes: description.locals.map((local, n) => shapeOf(local, { ...nodes, name: `m${n}` })),
})

/** What the rest of the spec sees of a process: where it stands, and its locals. */
function placesOf({ name, many, labels, shapes }: Owner, node: ScalarDomain<number>, nodes: Nodes): Place[] {
  const path = many ? [name, node] : [name]
  const pc = shapeOf({ kind: 'oneOf', values: labels }, nodes)
  return [
    ...placesBelow(pc, false, [...path, 'pc']),
    ...shapes.flatMap((shape, n) => placesBelow(shape, false, [...path, `l${n}`])),
  ]
}

function processOf(
  owner: Owner,
  state: Declaration,
  node: ScalarDomain<number>,
  shared: Places,
  begin: Begin,
): Process {
  const { many, labels, shapes, steps } = owner
  const places = grouped([...shared.all, ...shapes.flatMap((shape, n) => placesBelow(shape, true, [`l${n}`]))])
  return process<Declaration, Declaration, string, ScalarDomain<number> | undefined>(
    state,
    {
      locals: Object.fromEntries(shapes.map(({ domain }, n) => [`l${n}`, domain])),
      start: Object.fromEntries(shapes.map(({ make }, n) => [`l${n}`, make(0)])),
      ...(many && { over: node }),
    },
    Object.fromEntries(
      steps.map(({ body, next }, n) => [
        labels[n],
        step<Record<string, unknown>, { readonly id: number }, string>(`generated.ts: step${n}`, (s, me) => {
          const scope = begin([s], [me.id], places, me)
          for (const statement of body) perform(scope, statement)
          return pick(labels, evaluate(scope, next))
        }),
      ]),
    ),
  ) as Process
}

/** Makes the model that a description stands for. */
export function buildGenerated(description: SpecDescription): Model {
  const { faulty } = description
  const nodes: Nodes = { name: 'node', count: description.nodes }
  const node = scalarOf({ kind: 'node' }, nodes) as ScalarDomain<number>
  const shapes = description.variables.map((variable, at) => shapeOf(variable, { ...nodes, name: `n${at}` }))
  const state: Declaration = Object.fromEntries(shapes.map(({ domain }, at) => [`v${at}`, domain]))
  const owners = description.processes.map((each, at) => ownerOf(each, at, nodes))
  const shared = grouped([
    ...shapes.flatMap((shape, at) => placesBelow(shape, false, [`v${at}`])),
    ...owners.flatMap((owner) => placesOf(owner, node, nodes)),
  ])
  const quantities = description.quantities.map((expression, at) =>
    derived(`quantity ${at}`, (s: object, ...values: number[]) => evaluate(begin([s], values), expression)),
  )
  const begin: Begin = (states, values, places = shared, me = {}) => ({
    places,
    states,
    me,
    values,
    faulty,
    nodes,
    quantities,
  })
  const processes = Object.fromEntries(
    owners.map((owner) => [owner.name, processOf(owner, state, node, shared, begin)]),
  )
  const initialiser = (body: readonly Statement[]) => (s: Record<string, unknown>) => {
    shapes.forEach((shape, at) => {
      s[`v${at}`] = shape.make(0)
    })
    const scope = begin([s], [])
    for (const statement of body) perform(scope, statement)
  }
  const { initial } = description
  return model(
    'Generated',
    { state, processes },
    {
      init:
        initial.length === 1
          ? initialiser(initial[0])
          : Object.fromEntries(initial.map((body, at) => [`initial${at}`, initialiser(body)])),
      actions: Object.fromEntries(description.actions.map((action, at) => [`a${at}`, actionOf(action, begin, nodes)])),
      claims: description.claims.map((claim, at) => claimOf(claim, `claim ${at}`, begin, nodes)),
      ...(description.constraint !== null && { constraint: holdsIn(description.constraint, begin) }),
      ...(description.final !== null && { final: holdsIn(description.final, begin) }),
      deadlock: description.deadlock,
    },
  )
}

function actionOf({ parameters, body }: ActionDescription, begin: Begin, nodes: Nodes): ActionLike<object> {
  const domains = parameters.map((parameter) => scalarOf(parameter, nodes))
  const run = (s: object, values: Readonly<Record<string, unknown>>) => {
    const codes = domains.map((domain, n) => domain.encode(values[`x${n}`]))
    const scope = begin([s], codes)
    for (const statement of body) perform(scope, statement)
  }
  if (parameters.length === 0) return (s: object) => run(s, {})
  return forAll(Object.fromEntries(domains.map((domain, n) => [`x${n}`, domain])), run)
}

const holdsIn = (expression: Expression, begin: Begin) => (s: object) => evaluate(begin([s], []), expression) !== 0

function claimOf(claim: ClaimDescription, sentence: string, begin: Begin, nodes: Nodes): Claim<object> {
  const { kind, over, given, conjuncts } = claim
  if (kind === 'reachable') return reachable(sentence, holdsIn(conjuncts[0], begin))
  const domain = over === null ? null : scalarOf(over, nodes)
  const test =
    (expression: Expression) =>
    (...args: unknown[]) => {
      // A claim is called with one state or two, and then its parameters.
      const states = args.slice(0, kind === 'step' ? 2 : 1) as object[]
      const values = args[states.length] as { x: unknown }
      return evaluate(begin(states, domain === null ? [] : [domain.encode(values.x)]), expression) !== 0
    }
  const body = {
    ...(domain !== null && { over: { x: domain } }),
    ...(given !== null && { given: test(given) }),
    holds:
      conjuncts.length === 1
        ? test(conjuncts[0])
        : Object.fromEntries(conjuncts.map((each, n) => [`part ${n}`, test(each)])),
  }
  return kind === 'invariant' ? invariant<object>(sentence, body) : stepClaim<object>(sentence, body)
}
