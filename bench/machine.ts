/** Where and when something was measured. */
import { cpus, loadavg, totalmem } from 'node:os'

/** A few lines about this machine, for the head of a table. */
export function machineText(): string {
  const processors = cpus()
  return [
    `date     ${new Date().toISOString().slice(0, 10)}`,
    `machine  ${processors[0]?.model.trim() ?? 'unknown'}, ${processors.length} cores, ${(totalmem() / 2 ** 30).toFixed(0)} GiB`,
    `load     ${loadavg()[0].toFixed(1)} at the start`,
    `node     ${process.version}`,
  ].join('\n')
}
