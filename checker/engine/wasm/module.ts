/** A WebAssembly module of functions on 32-bit numbers and one memory, as bytes that the engine of JavaScript compiles. */
import { Body, type Bytes, type I32, type Step, type Type, unsigned, type Variable, variable } from './assembler.ts'

/** A function whose parameters and result are 32-bit numbers; exported under its name. */
export interface WasmFunction {
  readonly name: string
  readonly parameters: number
  /** the steps, and what the function answers in the end */
  write(body: Body, parameters: readonly Variable<'i32'>[]): { readonly steps: readonly Step[]; readonly result: I32 }
}

/** The memory of a module, in pages of 64 KiB. */
export interface WasmMemory {
  readonly buffer: ArrayBuffer
  grow(pages: number): number
}

/** Memory that several threads share, of a size that never changes. */
export interface SharedMemory {
  readonly buffer: SharedArrayBuffer
}

// Neither of the type libraries that the project uses declares this global.
interface Engine {
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object
  readonly Instance: new (module: object, imports?: object) => { readonly exports: object }
  readonly Memory: new (size: { initial: number; maximum: number; shared: true }) => SharedMemory
}
const { WebAssembly } = globalThis as unknown as { WebAssembly: Engine }

/** The most that addresses of 32 bits can tell apart. */
const ALL_PAGES = 2 ** 16

/**
 * Shared memory of 4 GiB. The machine gives what is written to, page by page, so that what is never used costs nothing but
 * addresses. Throws a RangeError where there are not that many.
 */
export const sharedMemory = (): SharedMemory =>
  new WebAssembly.Memory({ initial: ALL_PAGES, maximum: ALL_PAGES, shared: true })

/** What a module exports, once it is compiled and has its memory: its own, or the one that it shares. */
export function instantiate(bytes: Uint8Array<ArrayBuffer>, memory?: SharedMemory): object {
  return new WebAssembly.Instance(new WebAssembly.Module(bytes), { shared: { memory } }).exports
}

const TYPES: Readonly<Record<Type, number>> = { i32: 0x7f, i64: 0x7e, v128: 0x7b }
const SECTIONS = { types: 1, imports: 2, functions: 3, memory: 5, exports: 7, code: 10 } as const
const [FUNCTION, MEMORY] = [0, 2]
/** 2 GiB: an address behind that would be a number below zero. */
export const MOST_PAGES = 2 ** 15
const SHARED_LIMITS = [3, unsigned(ALL_PAGES), unsigned(ALL_PAGES)]

/**
 * The module; functions call each other by their places in the list. Its memory has so many pages at first, and is exported as
 * `memory`; or it is one that `sharedMemory` makes.
 */
export function assemble(functions: readonly WasmFunction[], pages: number | 'shared'): Uint8Array<ArrayBuffer> {
  const bodies = functions.map(({ parameters, write }) => {
    const body = new Body(parameters)
    const { steps, result } = write(
      body,
      Array.from({ length: parameters }, (_, at) => variable('i32', at)),
    )
    const locals = body.locals.map((type) => [1, TYPES[type]])
    return sized([vector(locals), ...steps.map(({ bytes }) => bytes), result.bytes, 0x0b])
  })
  return Uint8Array.from(
    flat([
      [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
      section(
        SECTIONS.types,
        functions.map(({ parameters }) => [0x60, vector(new Array(parameters).fill(TYPES.i32)), 1, TYPES.i32]),
      ),
      pages === 'shared' ? section(SECTIONS.imports, [[text('shared'), text('memory'), MEMORY, ...SHARED_LIMITS]]) : [],
      section(
        SECTIONS.functions,
        functions.map((_, at) => unsigned(at)),
      ),
      pages === 'shared' ? [] : section(SECTIONS.memory, [[1, unsigned(pages), unsigned(MOST_PAGES)]]),
      section(SECTIONS.exports, [
        ...functions.map(({ name }, at) => [text(name), FUNCTION, unsigned(at)]),
        ...(pages === 'shared' ? [] : [[text('memory'), MEMORY, 0]]),
      ]),
      section(SECTIONS.code, bodies),
    ]),
  )
}

const vector = (items: readonly (Bytes | number)[]): Bytes => [unsigned(items.length), ...items]
const text = (name: string): Bytes => vector([...new TextEncoder().encode(name)])
const section = (id: number, items: readonly Bytes[]): Bytes => [id, sized(vector(items))]

function sized(bytes: Bytes): Bytes {
  const all = flat(bytes)
  return [unsigned(all.length), all]
}

const flat = (bytes: Bytes): number[] => (bytes as unknown[]).flat(Number.POSITIVE_INFINITY) as number[]
