/** The other threads of a search: each builds the same model, learns its own tables and shares the space. */
import { setFlagsFromString } from 'node:v8'
import { Worker } from 'node:worker_threads'
import { SpecError } from '../language/errors.ts'
import type { Model } from '../language/model.ts'
import type { Coverage } from './coverage.ts'
import { mergeCoverage } from './coverage.ts'
import { type Epochs, type Explorer, type Frontier, lowest, type StateFault, type Stint } from './explorer.ts'
import { type Judge, mergeDecisions } from './judge.ts'
import type { ModelSource } from './source.ts'
import type { IdRange } from './space.ts'
import type { SpaceMemory } from './space-memory.ts'
import { noTally, sumOf, type Tally } from './statistics.ts'

/** What a thread is started with. */
export interface Hiring {
  readonly source: ModelSource
  readonly memory: SpaceMemory
  readonly threads: number
  readonly kernelAfter: number | undefined
  /** of the model that the source must give */
  readonly identity: string
  readonly symmetry: boolean
}

/** A level to work on, or the rest of one after memory has grown. */
export interface Order {
  readonly kind: 'work'
  readonly frontier: Frontier
  readonly level: number
  readonly memory: SpaceMemory
  readonly epochs: Epochs
  /** what was decided before */
  readonly decided: { readonly levels: Int32Array; readonly deadlockLevel: number }
}

/** A table that has grown, to be filled. Nobody waits for an answer. */
export interface CallForHelp {
  readonly kind: 'help'
  readonly memory: SpaceMemory
  readonly ranges: readonly IdRange[]
  readonly growth: number
}

/** What a thread tells when it has built its model. */
export type Ready = 'ready'

/** What a thread tells when it has done all it can. */
export interface Report {
  readonly stint: Stint
  readonly added: readonly IdRange[]
  readonly tally: Tally
  readonly levels: Int32Array
  readonly deadlockLevel: number
  readonly coverage: Pick<Coverage, 'enabled' | 'premises' | 'codes'>
  readonly fault: (Omit<StateFault, 'error'> & { what: string; why: string; hint: string }) | null
}

interface Member {
  readonly worker: Worker
  report: Report | null
  ready: boolean
  busy: boolean
  /** set to work since all were last waited for; what others reported is about another level */
  asked: boolean
}

export class Crew {
  readonly #members: readonly Member[]
  #added: IdRange[] = []
  /** the level that is being worked on, for threads that are ready only now */
  #order: Order | null = null
  #waiting: (() => void) | null = null
  #failure: Error | null = null

  constructor(workers: readonly Worker[]) {
    this.#members = workers.map((worker) => ({ worker, report: null, ready: false, busy: false, asked: false }))
    for (const member of this.#members) {
      member.worker.on('message', (report: Report | Ready) => {
        if (report === 'ready') {
          member.ready = true
          if (this.#order !== null) this.#set(member, this.#order)
          if (this.#members.every((each) => each.ready)) this.#waiting?.()
          return
        }
        member.report = report
        member.busy = false
        for (const range of report.added) this.#added.push(range)
        if (this.#members.every((each) => !each.busy)) this.#waiting?.()
      })
      const fail = (error: Error) => {
        this.#failure ??= error
        this.#waiting?.()
      }
      member.worker.on('error', fail)
      member.worker.on('exit', (code) => fail(new Error(`a thread of the search ended, with exit code ${code}`)))
    }
  }

  /** Waits until every thread has built its model. */
  async assembled(): Promise<void> {
    if (this.#members.some(({ ready }) => !ready) && this.#failure === null) await this.#change()
    if (this.#failure !== null) throw this.#failure
  }

  /** Asks every thread that stands still to help with entering states. */
  callForHelp(memory: SpaceMemory, ranges: readonly IdRange[], growth: number): void {
    const call: CallForHelp = { kind: 'help', memory, ranges, growth }
    for (const { worker, ready } of this.#members) if (ready) worker.postMessage(call)
  }

  /** Sets every thread to work that has built its model, and the others as soon as they have. */
  begin(
    frontier: Frontier,
    level: number,
    memory: SpaceMemory,
    epochs: Epochs,
    { levels, deadlockLevel }: Judge,
  ): void {
    this.#order = { kind: 'work', frontier, level, memory, epochs, decided: { levels, deadlockLevel } }
    for (const member of this.#members) if (member.ready) this.#set(member, this.#order)
  }

  #set(member: Member, order: Order): void {
    member.busy = true
    member.asked = true
    member.worker.postMessage(order)
  }

  /** Waits until no thread works; true when all are done with the level, false when memory must grow. */
  async settled(): Promise<boolean> {
    while (this.#members.some((member) => member.busy) && this.#failure === null) await this.#change()
    if (this.#failure !== null) throw this.#failure
    this.#order = null
    const done = this.#members.every(({ asked, report }) => !asked || report?.stint === 'done')
    for (const member of this.#members) member.asked = false
    return done
  }

  async #change(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#waiting = resolve
    })
    this.#waiting = null
  }

  takeAdded(): IdRange[] {
    const added = this.#added
    this.#added = []
    return added
  }

  get tally(): Tally {
    return sumOf(this.#members.map(({ report }) => report?.tally ?? noTally))
  }

  get fault(): StateFault | null {
    return this.#members
      .map(({ report }) => report?.fault ?? null)
      .map((fault) => fault && { ...fault, error: new SpecError(fault.what, fault.why, fault.hint) })
      .reduce<StateFault | null>(lowest, null)
  }

  /** Enters into the main thread's book what the others decided. */
  report({ judge }: Explorer): void {
    for (const { report } of this.#members) {
      if (report !== null) mergeDecisions(judge, report.levels, report.deadlockLevel)
    }
  }

  /** Adds what the threads covered. */
  addCoverage(into: Coverage): void {
    for (const { report } of this.#members) if (report !== null) mergeCoverage(into, report.coverage)
  }

  async dismiss(): Promise<void> {
    const ended = this.#members.map(async ({ worker, ready }) => {
      // One that is still building its model hears of it only when it has: nobody need wait for that.
      if (ready) await worker.terminate()
      else {
        worker.unref()
        void worker.terminate()
      }
    })
    await Promise.all(ended)
  }
}

/**
 * What a function must have run, in bytes of bytecode, before V8 looks whether to optimise it: eight times the usual. V8
 * optimises in threads of its own, for each thread of a search anew, and they need the processors that the search is to use.
 */
export const INTERRUPT_BUDGET = 8 * 67_584

/** Starts threads that work on a space; they build the model from its source. */
export function hireCrew(hiring: Hiring): Crew {
  setFlagsFromString(`--interrupt-budget=${INTERRUPT_BUDGET}`)
  const entry = new URL('./worker.mjs', import.meta.url)
  const count = hiring.threads - 1
  return new Crew(Array.from({ length: count }, () => new Worker(entry, { workerData: hiring, execArgv: [] })))
}

/** What tells a model from others: threads that search different ones would mix up their states. */
export function identityOf({ domain, instances, claims }: Model): string {
  const steps = instances.map(({ actor, label }) => `${actor}: ${label}`)
  return [domain.text, ...steps, ...claims.map(({ name }) => name)].join('\n')
}
