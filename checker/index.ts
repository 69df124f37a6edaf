/** The public API: what a spec is written with, and what checks it. */

export { type CheckOptions, check } from './check.ts'
export type { Outcome } from './engine/outcome.ts'
export type { ModelSource } from './engine/source.ts'
export * from './language/index.ts'
export type { Trace } from './trace/trace.ts'
export type { Verdict } from './verdict.ts'
