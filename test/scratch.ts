import { spec } from '../examples/two-phase.ts'
import { search } from '../checker/engine/search.ts'
const n = Number(process.argv[2] ?? 3), w = Number(process.argv[3] ?? 1)
const r = await search(spec.build({ RMs: n }), { maxMemory: Number(process.argv[4] ?? 16e9), workers: w, source: { module: new URL('../examples/two-phase.ts', import.meta.url).href, name: 'spec', args: [{ RMs: n }] } })
console.log(r.outcome, r.statistics)
import { hashWords } from '../checker/engine/space.ts'
{ const {space} = r; const mask = space.table.length-1; let probes=0, max=0, cnt=0
for (let slot=0; slot<space.table.length; slot++) { const id=space.table[slot]; if(!id) continue; const h=hashWords(space.log,id*space.stride,space.words)&mask; const d=(slot-h)&mask; probes+=d+1; cnt++; if(d>max)max=d }
console.log('avg probes', probes/cnt, 'max', max, cnt) }
