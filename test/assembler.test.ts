/** The assembler: numbers as WebAssembly writes them, and functions that compute what their text says. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import * as wasm from '../checker/engine/wasm/assembler.ts'
import { assemble, instantiate, type WasmFunction, type WasmMemory } from '../checker/engine/wasm/module.ts'

type Functions = Readonly<Record<string, (...args: number[]) => number>>

const compile = (...functions: WasmFunction[]): Functions => instantiate(assemble(functions, 1)) as Functions

test('numbers without and with a sign', () => {
  assert.equal(wasm.unsigned(0), [0])
  assert.equal(wasm.unsigned(127), [127])
  assert.equal(wasm.unsigned(128), [0x80, 1])
  assert.equal(wasm.unsigned(624_485), [0xe5, 0x8e, 0x26])
  assert.equal(wasm.signed(63), [63])
  assert.equal(wasm.signed(64), [0xc0, 0])
  assert.equal(wasm.signed(-64), [0x40])
  assert.equal(wasm.signed(-123_456), [0xc0, 0xbb, 0x78])
})

test('constants come back as they were written', () => {
  const numbers = [0, 1, -1, 63, 64, -64, -65, 8191, 8192, 2 ** 31 - 1, -(2 ** 31), 0x9e3779b1 | 0]
  const functions = numbers.map(
    (number, at): WasmFunction => ({
      name: `f${at}`,
      parameters: 0,
      write: () => ({ steps: [], result: wasm.constant(number) }),
    }),
  )
  const compiled = compile(...functions)
  numbers.forEach((number, at) => assert.is(compiled[`f${at}`](), number))
})

test('operators', () => {
  const operators = {
    add: [wasm.add, (a: number, b: number) => (a + b) | 0],
    subtract: [wasm.subtract, (a: number, b: number) => (a - b) | 0],
    multiply: [wasm.multiply, Math.imul],
    and: [wasm.and, (a: number, b: number) => a & b],
    xor: [wasm.xor, (a: number, b: number) => a ^ b],
    shiftLeft: [wasm.shiftLeft, (a: number, b: number) => a << b],
    shiftRight: [wasm.shiftRight, (a: number, b: number) => (a >>> b) | 0],
    equal: [wasm.equal, (a: number, b: number) => Number(a === b)],
    lessSigned: [wasm.lessSigned, (a: number, b: number) => Number(a < b)],
    greaterSigned: [wasm.greaterSigned, (a: number, b: number) => Number(a > b)],
    notLess: [wasm.notLess, (a: number, b: number) => Number(a >>> 0 >= b >>> 0)],
  } as const
  const compiled = compile(
    ...Object.entries(operators).map(
      ([name, [operator]]): WasmFunction => ({
        name,
        parameters: 2,
        write: (_, [a, b]) => ({ steps: [], result: operator(a, b) }),
      }),
    ),
  )
  const values = [0, 1, -1, 7, 31, 33, 2 ** 31 - 1, -(2 ** 31), 123_456_789]
  for (const [name, [, expected]] of Object.entries(operators)) {
    for (const a of values) for (const b of values) assert.is(compiled[name](a, b), expected(a, b), `${name} ${a} ${b}`)
  }
})

test('jumps lead out of the block, and back to the loop, that they name', () => {
  // The sum of the odd numbers below a limit, left at once where it exceeds 1000.
  const { sum } = compile({
    name: 'sum',
    parameters: 1,
    write(body, [limit]) {
      const [at, total] = [body.local('i32'), body.local('i32')]
      const steps = [
        body.block((done) => [
          body.loop((next) => [
            done.jumpIf(wasm.notLess(at, limit)),
            body.when(
              wasm.and(at, 1),
              () => [
                total.set(wasm.add(total, at)),
                body.when(wasm.greaterSigned(total, 1000), () => [body.leave(wasm.constant(-1))]),
              ],
              () => [at.set(wasm.add(at, 1)), next.jump()],
            ),
            at.set(wasm.add(at, 1)),
            next.jump(),
          ]),
        ]),
      ]
      return { steps, result: total }
    },
  })
  assert.is(sum(10), 25)
  assert.is(sum(0), 0)
  assert.is(sum(1000), -1)
})

test('memory, in all the sizes that the kernel moves', () => {
  const compiled = instantiate(
    assemble(
      [
        {
          name: 'move',
          parameters: 2,
          write: (_, [from, to]) => ({
            steps: [
              wasm.store128(
                to,
                wasm.or128(wasm.and128(wasm.load128(from), wasm.load128(from, 16)), wasm.load128(from, 32)),
              ),
              wasm.store64(to, wasm.load64(from), 16),
              wasm.store(to, wasm.loadShort(from, 2), 24),
              wasm.store(to, wasm.loadByte(from, 1), 28),
            ],
            result: wasm.equal64(wasm.load64(from), wasm.load64(from, 4)),
          }),
        },
      ],
      1,
    ),
  ) as { move(from: number, to: number): number; memory: { buffer: ArrayBuffer } }
  const ints = new Int32Array(compiled.memory.buffer)
  ints.set([0x11223344, 5, 6, 7, 0xffff, -1, 0, 1, 0, 64, 128, 0])
  assert.is(compiled.move(0, 256), 0)
  assert.equal([...ints.slice(64, 72)], [0x3344, 5 | 64, 128, 1, 0x11223344, 5, 0x1122, 0x33])
  ints.fill(9, 0, 3)
  assert.is(compiled.move(0, 256), 1)
})

test('a value of the wrong type does not compile', () => {
  const wide = wasm.load64(wasm.constant(0))
  // @ts-expect-error 64 bits are no operand of an addition of 32
  wasm.add(wide, 1)
  // @ts-expect-error an address has 32 bits
  wasm.load(wide)
  // @ts-expect-error a variable takes values of its type
  wasm.variable('i32', 0).set(wide)
})

test('no address has a sign', () => {
  const { memory } = instantiate(assemble([], 1)) as { memory: WasmMemory }
  assert.throws(() => memory.grow(2 ** 15), 'Maximum memory size')
})

test.run()
