/** Checks every scenario, or those that are named, on every kernel, and ends with 1 where something is not as expected. */
import { scenarios } from '../invariants/verdicts/index.ts'
import { sweep } from './support/sweep.ts'

const wanted = process.argv.slice(2)
let wrong = 0
for (const scenario of scenarios.filter(
  ({ name, area }) => wanted.length === 0 || wanted.some((each) => each === name || each === area),
)) {
  const before = process.cpuUsage()
  let groups = 0
  let kernels = 0
  for await (const group of sweep(scenario)) {
    groups++
    kernels += group.kernels.length
    wrong += group.differences.length
    for (const text of group.differences) console.log(`! ${scenario.name} on ${text}`)
  }
  const { user, system } = process.cpuUsage(before)
  console.log(`${scenario.name}: ${kernels} kernels, ${groups} checked, ${((user + system) / 1e6).toFixed(1)} s of CPU`)
}
process.exitCode = wrong === 0 ? 0 : 1
