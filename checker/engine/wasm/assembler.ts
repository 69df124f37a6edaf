/**
 * A small assembler for WebAssembly: an instruction is a typed expression, a function a list of steps. An expression of the
 * wrong type does not compile, and jumps name their target instead of counting blocks. It knows the instructions that
 * the kernel needs and no others.
 */
export type Type = 'i32' | 'i64' | 'v128'

/** Bytes of a program, in pieces. */
export type Bytes = readonly (number | Bytes)[]

/** Code that leaves nothing behind. */
export interface Step {
  readonly bytes: Bytes
}

/** Code that leaves a value of a type on the stack. */
export interface Value<T extends Type> extends Step {
  readonly type: T
}
export type I32 = Value<'i32'>
export type I64 = Value<'i64'>
export type V128 = Value<'v128'>

/** A parameter or a local variable. */
export interface Variable<T extends Type> extends Value<T> {
  set(value: Value<T>): Step
}

/** What one can jump to: the end of a block, or the beginning of a loop. */
export interface Label {
  jump(): Step
  jumpIf(condition: I32): Step
}

const value = <T extends Type>(type: T, ...bytes: Bytes): Value<T> => ({ type, bytes })
const step = (...bytes: Bytes): Step => ({ bytes })

/** LEB128, as WebAssembly writes numbers without a sign. */
export function unsigned(number: number): number[] {
  const bytes: number[] = []
  for (let rest = number; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return [...bytes, rest]
    bytes.push((rest % 128) + 128)
  }
}

/** LEB128 of a number with a sign, up to 32 bits. */
export function signed(number: number): number[] {
  const bytes: number[] = []
  for (let rest = number | 0; ; rest >>= 7) {
    if (rest >= -64 && rest < 64) return [...bytes, rest & 127]
    bytes.push((rest & 127) | 128)
  }
}

export const constant = (number: number): I32 => value('i32', 0x41, signed(number))

type Operand = I32 | number
const operand = (of: Operand): I32 => (typeof of === 'number' ? constant(of) : of)
const binary = (code: number) => (a: Operand, b: Operand) => value('i32', operand(a).bytes, operand(b).bytes, code)

export const isZero = (a: I32): I32 => value('i32', a.bytes, 0x45)
export const equal = binary(0x46)
export const lessSigned = binary(0x48)
export const lessUnsigned = binary(0x49)
export const greaterSigned = binary(0x4a)
export const notLess = binary(0x4f)
export const add = binary(0x6a)
export const subtract = binary(0x6b)
export const multiply = binary(0x6c)
export const and = binary(0x71)
export const xor = binary(0x73)
export const shiftLeft = binary(0x74)
export const shiftRight = binary(0x76)

/** The first value where the condition is not zero, the second where it is; both are computed. */
export const select = (condition: I32, yes: Operand, no: Operand): I32 =>
  value('i32', operand(yes).bytes, operand(no).bytes, condition.bytes, 0x1b)

export const equal64 = (a: I64, b: I64): I32 => value('i32', a.bytes, b.bytes, 0x51)
export const and128 = (a: V128, b: V128): V128 => value('v128', a.bytes, b.bytes, 0xfd, 0x4e)
export const or128 = (a: V128, b: V128): V128 => value('v128', a.bytes, b.bytes, 0xfd, 0x50)

// The alignment that the format asks for is a hint: 0 promises nothing.
const loading =
  <T extends Type>(type: T, ...code: number[]) =>
  (address: I32, offset = 0): Value<T> =>
    value(type, address.bytes, code, 0, unsigned(offset))
const storing =
  <T extends Type>(...code: number[]) =>
  (address: I32, stored: Value<T>, offset = 0): Step =>
    step(address.bytes, stored.bytes, code, 0, unsigned(offset))

export const load = loading('i32', 0x28)
export const loadByte = loading('i32', 0x2d)
export const loadShort = loading('i32', 0x2f)
export const load64 = loading('i64', 0x29)
export const load128 = loading('v128', 0xfd, 0x00)
export const store = storing<'i32'>(0x36)
export const store64 = storing<'i64'>(0x37)
export const store128 = storing<'v128'>(0xfd, 0x0b)

// Atomic instructions insist on the alignment of what they access: 2 stands for 4 bytes.
/** Stores a value where another one is expected, in one step for all threads; answers what was there. */
export const compareExchange = (address: I32, expected: I32, stored: I32): I32 =>
  value('i32', address.bytes, expected.bytes, stored.bytes, 0xfe, 0x48, 2, 0)

const NO_RESULT = 0x40

/** A function that is being written: its variables, and how deep in blocks the text is. */
export class Body {
  readonly locals: Type[] = []
  readonly #parameters: number
  #depth = 0

  constructor(parameters: number) {
    this.#parameters = parameters
  }

  /** A new variable. */
  local<T extends Type>(type: T): Variable<T> {
    return variable(type, this.#parameters + this.locals.push(type) - 1)
  }

  /** Steps that can be left by jumping to their end. */
  block(write: (end: Label) => readonly Step[]): Step {
    return this.#nested([0x02, NO_RESULT], write)
  }

  /** Steps that begin again by jumping to their beginning. */
  loop(write: (again: Label) => readonly Step[]): Step {
    return this.#nested([0x03, NO_RESULT], write)
  }

  /** Steps that are taken where a condition is not zero, and others where it is. */
  when(condition: I32, yes: () => readonly Step[], no?: () => readonly Step[]): Step {
    const otherwise = () => (no === undefined ? [] : [step(0x05), ...no()])
    return this.#nested([condition.bytes, 0x04, NO_RESULT], () => [...yes(), ...otherwise()])
  }

  leave(result: I32): Step {
    return step(result.bytes, 0x0f)
  }

  #nested(opening: Bytes, write: (label: Label) => readonly Step[]): Step {
    const own = ++this.#depth
    const distance = () => unsigned(this.#depth - own)
    const inner = write({
      jump: () => step(0x0c, distance()),
      jumpIf: (condition) => step(condition.bytes, 0x0d, distance()),
    })
    this.#depth--
    return step(opening, ...inner.map(({ bytes }) => bytes), 0x0b)
  }
}

/** The parameter or variable with a number. */
export function variable<T extends Type>(type: T, index: number): Variable<T> {
  return {
    ...value(type, 0x20, unsigned(index)),
    set: (to) => step(to.bytes, 0x21, unsigned(index)),
  }
}

/** A call of the function with a number. */
export const call = (index: number, ...args: readonly Operand[]): I32 =>
  value('i32', ...args.map((arg) => operand(arg).bytes), 0x10, unsigned(index))
