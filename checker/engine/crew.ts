/** The other threads of a search: each builds the same model, learns its own tables and shares the space. */
import { Worker } from 'node:worker_threads'
import { SpecError } from '../language/errors.ts'
import type { Coverage } from './coverage.ts'
import { mergeCoverage } from './coverage.ts'
import type { Explorer, Frontier, StateFault, Stint } from './explorer.ts'
import type { ModelSource } from './source.ts'
import type { IdRange, Space, SpaceMemory } from './space.ts'

/** What a thread is started with. */
export interface Hiring {
  readonly source: ModelSource
  readonly memory: SpaceMemory
  readonly threads: number
  readonly compileAfter: number | undefined
}

/** A level to work on, or the rest of one after memory has grown. */
export interface Order {
  readonly frontier: Frontier
  readonly level: number
  readonly memory: SpaceMemory
}

/** What a thread tells when it has done all it can. */
export interface Report {
  readonly stint: Stint
  readonly added: readonly IdRange[]
  readonly generated: number
  readonly levels: Int32Array
  readonly deadlockLevel: number
  readonly coverage: Pick<Coverage, 'enabled' | 'premises' | 'codes'>
  readonly fault: { what: string; why: string; hint: string; id: number; level: number } | null
}

interface Member {
  readonly worker: Worker
  report: Report | null
  busy: boolean
}

export class Crew {
  readonly #members: readonly Member[]
  #added: IdRange[] = []
  #waiting: (() => void) | null = null
  #failure: Error | null = null

  constructor(workers: readonly Worker[]) {
    this.#members = workers.map((worker) => ({ worker, report: null, busy: false }))
    for (const member of this.#members) {
      member.worker.on('message', (report: Report) => {
        member.report = report
        member.busy = false
        this.#added.push(...report.added)
        if (this.#members.every((each) => !each.busy)) this.#waiting?.()
      })
      member.worker.on('error', (error) => {
        this.#failure = error
        this.#waiting?.()
      })
    }
  }

  /** Sets every thread to work. */
  begin(frontier: Frontier, level: number, memory: SpaceMemory): void {
    for (const member of this.#members) {
      member.busy = true
      member.worker.postMessage({ frontier, level, memory } satisfies Order)
    }
  }

  /** Waits until no thread works; true when all are done with the level, false when memory must grow. */
  async settled(): Promise<boolean> {
    if (this.#members.some((member) => member.busy) && this.#failure === null) {
      await new Promise<void>((resolve) => {
        this.#waiting = resolve
      })
      this.#waiting = null
    }
    if (this.#failure !== null) throw this.#failure
    return this.#members.every((member) => member.report?.stint === 'done')
  }

  takeAdded(): IdRange[] {
    const added = this.#added
    this.#added = []
    return added
  }

  get generated(): number {
    return this.#members.reduce((sum, { report }) => sum + (report?.generated ?? 0), 0)
  }

  get fault(): StateFault | null {
    const faulty = this.#members.find(({ report }) => report !== null && report.fault !== null)
    if (faulty === undefined) return null
    const { what, why, hint, id, level } = faulty.report!.fault!
    return { error: new SpecError(what, why, hint), id, level }
  }

  /** Enters into the main thread's book what the others decided. */
  report(explorer: Explorer): void {
    const { judge } = explorer
    for (const { report } of this.#members) {
      if (report === null) continue
      report.levels.forEach((level, claim) => {
        if (level > 0 && (judge.levels[claim] === 0 || level < judge.levels[claim])) judge.levels[claim] = level
      })
      const { deadlockLevel } = report
      if (deadlockLevel > 0 && (judge.deadlockLevel === 0 || deadlockLevel < judge.deadlockLevel))
        judge.deadlockLevel = deadlockLevel
    }
  }

  /** Adds what the threads covered. */
  addCoverage(into: Coverage): void {
    for (const { report } of this.#members) if (report !== null) mergeCoverage(into, report.coverage)
  }

  async dismiss(): Promise<void> {
    await Promise.all(this.#members.map(({ worker }) => worker.terminate()))
  }
}

/** Starts threads that work on a space; they build the model from its source. */
export async function hireCrew(
  count: number,
  source: ModelSource,
  space: Space,
  compileAfter: number | undefined,
): Promise<Crew> {
  const hiring: Hiring = { source, memory: space.memory, threads: count + 1, compileAfter }
  const entry = new URL('./worker.mjs', import.meta.url)
  return new Crew(Array.from({ length: count }, () => new Worker(entry, { workerData: hiring, execArgv: [] })))
}
