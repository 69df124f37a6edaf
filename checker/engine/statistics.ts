/** What explains the speed of a run: where successors ended, what tables learned, and how it went over time. */

/** What one thread counts. Its sum over the threads is that of the run. */
export interface Tally {
  /** successors by any rule, of this process */
  readonly generated: number
  /** those that the constraint rejected */
  readonly rejected: number
  /** those that the hash table was asked about; the others were seen so lately that it was not */
  readonly lookups: number
  /** calls of the spec's own functions that taught a table something */
  readonly learned: number
  /** times that the kernel asked about something that its programs did not settle */
  readonly questions: number
  /** times that the kernel's programs were written from the tables */
  readonly programs: number
}

/** Where a run stood at the end of a level. */
export interface Sample {
  readonly level: number
  readonly seconds: number
  /** of the whole process, all its threads and its start included */
  readonly cpuSeconds: number
  readonly distinct: number
  readonly generated: number
  readonly bytes: number
}

export interface Statistics extends Tally {
  readonly seconds: number
  readonly workers: number
  readonly bytes: number
  /** of the files that states were moved to when they did not fit into memory */
  readonly diskBytes: number
  readonly bytesPerState: number
  readonly bitsPerState: number
  readonly loadFactor: number
  /** actions and claims whose tables grew too large and that are evaluated directly */
  readonly direct: readonly string[]
  readonly samples: readonly Sample[]
}

export const noTally: Tally = { generated: 0, rejected: 0, lookups: 0, learned: 0, questions: 0, programs: 0 }

/** What several threads count together. */
export const sumOf = (tallies: readonly Tally[]): Tally =>
  tallies.reduce(
    (sum, each) => ({
      generated: sum.generated + each.generated,
      rejected: sum.rejected + each.rejected,
      lookups: sum.lookups + each.lookups,
      learned: sum.learned + each.learned,
      questions: sum.questions + each.questions,
      programs: sum.programs + each.programs,
    }),
    noTally,
  )

const MOST_SAMPLES = 400

/** The samples of a run. Where levels are many, most of the early ones make room for later ones. */
export class Samples {
  list: Sample[] = []
  #every = 1

  add(sample: Sample): void {
    if (sample.level % this.#every !== 0) return
    this.list.push(sample)
    if (this.list.length < MOST_SAMPLES) return
    this.#every *= 2
    this.list = this.list.filter(({ level }) => level % this.#every === 0)
  }
}
