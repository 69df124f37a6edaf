import { model, range, when, choose, array, collection, forAll } from '../../checker/index.ts'
import { search } from '../../checker/engine/search.ts'
export const wide = (n: number) => model('Wide', { state: { a: range(0, n), b: range(0, n) } }, {
  init: (s) => { s.a = 0; s.b = 0 },
  actions: { A: (s) => { s.a = choose(s, range(0, n)) }, B: (s) => { s.b = choose(s, range(0, n)) } }, deadlock: 'off' })
const which = process.argv[2]
const t = performance.now()
if (which === 'deep') {
  const n = Number(process.argv[3] ?? 200000)
  const r = await search(model('Deep', { state: { n: range(0, n) } }, { init: (s) => { s.n = 0 }, actions: { Up: (s) => { when(s.n < n); s.n++ } }, deadlock: 'off' }))
  console.log(r.outcome, r.statistics)
}
if (which === 'initial') {
  const r = await search(model('Init', { state: { n: array(collection('x', 20), range(0, 1)) } }, { init: (s) => { for (let i = 0; i < 20; i++) s.n[i] = choose(s, range(0, 1)) }, actions: { }, deadlock: 'off' }), { maxMemory: 200_000 })
  console.log(r.outcome, r.statistics)
}
if (which === 'wide') {
  const n = Number(process.argv[3] ?? 2000)
  const r = await search(wide(n), { workers: 2, parallelFrom: 0, source: { module: import.meta.url, name: 'wide', args: [n] } })
  console.log(r.outcome, r.statistics, (n+1)**2)
}
if (which === 'wide1') {
  const n = Number(process.argv[3] ?? 2000)
  const r = await search(wide(n), {})
  console.log(r.outcome, r.statistics, (n+1)**2)
}
console.log((performance.now() - t).toFixed(0), 'ms')
