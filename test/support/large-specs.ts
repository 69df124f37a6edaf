/** Specs that are large in one direction, for tests of the engine; functions, so that other threads can build them. */
import type { Model } from '../../checker/language/index.ts'
import { choose, model, range, when } from '../../checker/language/index.ts'

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
