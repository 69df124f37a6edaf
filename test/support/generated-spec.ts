/**
 * Generated specs: small specs as plain data, and the interpreter that makes a model of one, so that another thread can
 * build the same model from its arguments. Numbers in a description choose among what the spec has, modulo how many
 * there are: any description is a spec, and a failing one can be made smaller piece by piece.
 */
import type { Claim, FiniteSet, Model } from '../../checker/index.ts'
import { choose, forAll, invariant, model, process, reachable, step, stepClaim, when } from '../../checker/index.ts'
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

/** What a function of the spec works with. */
interface Scope {
  readonly places: readonly Place[]
  /** the state; for step claims, the states before and after */
  readonly states: readonly object[]
  readonly me: object | null
  /** codes of parameters and choices */
  readonly values: number[]
  readonly faulty: boolean
  readonly nodes: Nodes
}

type View = Record<string | number, unknown>

function placesBelow(shape: Shape, local: boolean, path: Place['path']): Place[] {
  return [
    { shape, local, path },
    ...shape.parts.flatMap((part) => placesBelow(part.shape, local, [...path, part.step])),
  ]
}

/** The place that a description means, among those that fit. */
function placeAt(scope: Scope, { place }: PlaceDescription, fits: (shape: Shape) => boolean): Place | undefined {
  const places = scope.places.filter(({ shape }) => fits(shape))
  return places.length === 0 ? undefined : pick(places, place)
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
      const place = placeAt(scope, expression.at, () => true)!
      return place.shape.code(valueAt(scope, place, expression.at, expression.after))
    }
    case 'ask': {
      const place = placeAt(scope, expression.at, ({ asks }) => asks.length > 0)
      if (place === undefined) return 0
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
      const place = placeAt(scope, statement.at, () => true)!
      const { holder, key } = locate(scope, place, statement.at, state)
      const seed =
        statement.do === 'assign' ? evaluate(scope, statement.seed) : place.shape.code(holder[key]) + statement.by
      holder[key] = scope.faulty && statement.at.wild ? 'nowhere' : place.shape.make(seed)
      return
    }
    case 'copy': {
      const from = placeAt(scope, statement.from, () => true)!
      const place = placeAt(scope, statement.at, ({ domain }) => domain.text === from.shape.domain.text)!
      const value = valueAt(scope, from, statement.from, false)
      const { holder, key } = locate(scope, place, statement.at, state)
      holder[key] = value
      return
    }
    case 'use': {
      const place = placeAt(scope, statement.at, ({ uses }) => uses.length > 0)
      if (place === undefined) return
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
  const place = placeAt(scope, from.at, ({ domain }) => domain.kind === 'set')
  if (place === undefined) return 0
  const members = valueAt(scope, place, from.at, false) as FiniteSet<unknown>
  return modulo(String(choose(state, members)).length, 5)
}

/** Makes the model that a description stands for. */
export function buildGenerated(description: SpecDescription): Model {
  const { faulty } = description
  const nodes: Nodes = { name: 'node', count: description.nodes }
  const shapes = description.variables.map((variable, at) => shapeOf(variable, { ...nodes, name: `n${at}` }))
  const state: Declaration = Object.fromEntries(shapes.map(({ domain }, at) => [`v${at}`, domain]))
  const places = shapes.flatMap((shape, at) => placesBelow(shape, false, [`v${at}`]))
  const node = scalarOf({ kind: 'node' }, nodes) as ScalarDomain<number>
  const scope = (
    states: readonly object[],
    values: number[],
    more: readonly Place[] = [],
    me: object | null = null,
  ): Scope => ({
    places: [...places, ...more],
    states,
    me,
    values,
    faulty,
    nodes,
  })

  const processes: Record<string, Process> = {}
  description.processes.forEach(({ many, locals, steps }, at) => {
    const ownShapes = locals.map((local, n) => shapeOf(local, { ...nodes, name: `m${n}` }))
    const own = ownShapes.flatMap((shape, n) => placesBelow(shape, true, [`l${n}`]))
    const labels = [...steps.map((_, n) => `step${n}`), DONE]
    processes[`p${at}`] = process<Declaration, Declaration, string, ScalarDomain<number> | undefined>(
      state,
      {
        locals: Object.fromEntries(ownShapes.map(({ domain }, n) => [`l${n}`, domain])),
        start: Object.fromEntries(ownShapes.map(({ make }, n) => [`l${n}`, make(0)])),
        ...(many && { over: node }),
      },
      Object.fromEntries(
        steps.map(({ body, next }, n) => [
          labels[n],
          step<Record<string, unknown>, { readonly id: number }, string>(`generated.ts: step${n}`, (s, me) => {
            const inner = scope([s], [me.id], own, me)
            for (const statement of body) perform(inner, statement)
            return pick(labels, evaluate(inner, next))
          }),
        ]),
      ),
    ) as Process
    // The rest of the spec sees where a process stands and what its locals are.
    const path = many ? [`p${at}`, node] : [`p${at}`]
    const pc = shapeOf({ kind: 'oneOf', values: labels }, nodes)
    places.push({ shape: pc, local: false, path: [...path, 'pc'] })
    ownShapes.forEach((shape, n) => places.push(...placesBelow(shape, false, [...path, `l${n}`])))
  })

  const initialiser = (body: readonly Statement[]) => (s: Record<string, unknown>) => {
    shapes.forEach((shape, at) => {
      s[`v${at}`] = shape.make(0)
    })
    const inner = scope([s], [])
    for (const statement of body) perform(inner, statement)
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
      actions: Object.fromEntries(
        description.actions.map(({ parameters, body }, at): [string, ActionLike<object>] => {
          const domains = parameters.map((parameter) => scalarOf(parameter, nodes))
          const run = (s: object, values: Readonly<Record<string, unknown>>) => {
            const inner = scope(
              [s],
              domains.map((domain, n) => domain.encode(values[`x${n}`])),
            )
            for (const statement of body) perform(inner, statement)
          }
          if (parameters.length === 0) return [`a${at}`, (s: object) => run(s, {})]
          return [`a${at}`, forAll(Object.fromEntries(domains.map((domain, n) => [`x${n}`, domain])), run)]
        }),
      ),
      claims: description.claims.map((claim, at) => claimOf(claim, at, scope, nodes)),
      ...(description.constraint !== null && { constraint: holdsIn(description.constraint, scope) }),
      ...(description.final !== null && { final: holdsIn(description.final, scope) }),
      deadlock: description.deadlock,
    },
  )
}

const holdsIn =
  (expression: Expression, scope: (states: readonly object[], values: number[]) => Scope) => (s: object) =>
    evaluate(scope([s], []), expression) !== 0

function claimOf(
  { kind, over, given, conjuncts }: ClaimDescription,
  at: number,
  scope: (states: readonly object[], values: number[]) => Scope,
  nodes: Nodes,
): Claim<object> {
  const sentence = `claim ${at}`
  if (kind === 'reachable') return reachable(sentence, holdsIn(conjuncts[0], scope))
  const domain = over === null ? null : scalarOf(over, nodes)
  const test =
    (expression: Expression) =>
    (...args: unknown[]) => {
      // A claim is called with one state or two, and then its parameters.
      const states = args.slice(0, kind === 'step' ? 2 : 1) as object[]
      const values = args[states.length] as { x: unknown }
      return evaluate(scope(states, domain === null ? [] : [domain.encode(values.x)]), expression) !== 0
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
