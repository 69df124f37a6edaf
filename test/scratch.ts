import { check } from '../checker/verdict/check.ts'
import { raceTable } from '../checker/report/race-table.ts'
for (const f of process.argv.slice(2)) { const { spec } = await import('../examples/' + f + '.ts'); const v = await check(spec.build())
console.log(f, v.kind, v.outcome.distinct, v.trust); for (const c of v.claims) { console.log(c.name, c.verdict); if (c.trace) console.log(raceTable(c.trace)) } if (v.deadlock) console.log(raceTable(v.deadlock)) }
