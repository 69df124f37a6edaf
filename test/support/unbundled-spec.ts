/** A spec that no bundle can hold: it waits while it is loaded, and asks where another module is. */
import { model, range, when } from '../../checker/index.ts'

const MOST = await Promise.resolve(300)
const HERE = import.meta.resolve('./unbundled-spec.ts')

export const spec = model(
  'Counter',
  { state: { a: range(0, 300), b: range(0, 300) } },
  {
    init(s) {
      s.a = 0
      s.b = 0
    },
    actions: {
      A(s) {
        when(s.a < MOST)
        s.a++
      },
      B(s) {
        when(s.b < MOST && HERE === import.meta.url)
        s.b++
      },
    },
    deadlock: 'off',
  },
)
