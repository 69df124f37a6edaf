import { spec } from '../examples/two-phase.ts'
import { referenceSearch } from '../checker/engine/reference.ts'
console.log(referenceSearch(spec.build()))
console.time('x'); console.log(referenceSearch(spec.build({ RMs: 5 }))); console.timeEnd('x')
