/** Specs that are large in one direction, for tests of the engine; functions, so that other threads can build them. */
import type { Model } from '../../checker/language/index.ts'
import { array, choose, collection, model, range, when } from '../../checker/language/index.ts'

/** From one state of each plane, a step leads to everywhere in the next one: `width + 1` successors at once. */
export function buildFan(width: number): Model {
  return model(
    'Fan',
    { state: { plane: range(0, 2), n: range(0, width) } },
    {
      init: (s) => {
        s.plane = 0
        s.n = 0
      },
      actions: {
        Stay: (s) => {
          when(s.plane === 0 && s.n === 0)
          s.n = choose(s, range(0, width))
        },
        Climb: (s) => {
          when(s.plane < 2 && s.n === 1)
          s.plane++
          s.n = choose(s, range(0, width))
        },
      },
      deadlock: 'off',
    },
  )
}

/** A walk to the right, one state per level; or over a plane, with a claim that fails later than the walk does. */
export function buildSlowest(length: number, plane = false): Model {
  return model(
    'Slowest',
    { state: { x: range(0, length), y: range(0, plane ? length : 0) } },
    {
      init: (s) => {
        s.x = 0
        s.y = 0
      },
      actions: {
        Right: (s) => {
          when(plane || s.x < length)
          s.x++
        },
        Up: (s) => {
          when(s.y < (plane ? length : 0))
          s.y++
        },
      },
      deadlock: 'off',
    },
  )
}

/** Twice `count` states that have nothing in common with each other, of 160 bits. */
export function buildScattered(count: number): Model {
  const rows = 200
  const parts = collection('part', 10)
  const scattered = (n: number, at: number) => {
    const h = Math.imul(n * 16 + at, 0x9e3779b1)
    return Math.imul(h ^ (h >>> 15), 0x85ebca6b) >>> 16
  }
  return model(
    'Scattered',
    { state: { phase: range(0, 2), part: array(parts, range(0, 65_535)) } },
    {
      init: (s) => {
        s.phase = 0
        for (const at of parts.values) s.part[at] = 0
      },
      actions: {
        Scatter: (s) => {
          when(s.phase === 0)
          const n = 1 + choose(s, range(0, rows - 1)) + rows * choose(s, range(0, count / rows - 1))
          s.phase = 1
          for (const at of parts.values) s.part[at] = scattered(n, at)
        },
        Rest: (s) => {
          when(s.phase === 1)
          s.phase = 2
        },
      },
      deadlock: 'off',
    },
  )
}
