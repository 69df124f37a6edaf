/** Room for the states that are found: how the space of a search grows, within the memory limit. */
import type { Crew } from './crew.ts'
import type { Explorer } from './explorer.ts'
import { finish, type IdRange } from './space.ts'

export class Room {
  /** other threads, which take part where there are some */
  crew: Crew | null = null
  readonly #explorer: Explorer
  readonly #workers: number
  readonly #levels: readonly (readonly IdRange[])[]
  readonly #limit: number

  /** `levels` are those that are in the space, at any time; `limit` is in bytes. */
  constructor(explorer: Explorer, workers: number, levels: readonly (readonly IdRange[])[], limit: number) {
    this.#explorer = explorer
    this.#workers = workers
    this.#levels = levels
    this.#limit = limit
  }

  /** Makes room for what all threads may find before they look again; false where `limit` bytes are not enough for that. */
  make(limit = this.#limit): boolean {
    return this.#isEnough || this.growTo(this.#wanted, limit)
  }

  /** The same in turns with what `pause` does: to fill a large table again takes seconds. */
  async makeInTurns(limit: number, pause: () => Promise<void> | undefined): Promise<boolean> {
    if (this.#isEnough) return true
    try {
      const steps = this.#growing(this.#wanted, limit)
      for (;;) {
        const step = steps.next()
        if (step.done) return step.value
        await pause()
      }
    } catch (thrown) {
      if (!(thrown instanceof RangeError)) throw thrown
      return false
    }
  }

  /** Makes room for that many states; false where `limit` bytes, or the machine's, are not enough. */
  growTo(wanted: number, limit = this.#limit): boolean {
    try {
      return finish(this.#growing(wanted, limit))
    } catch (thrown) {
      if (!(thrown instanceof RangeError)) throw thrown
      return false
    }
  }

  get #wanted(): number {
    return this.#explorer.space.reserved + this.#workers * this.#explorer.room
  }

  get #isEnough(): boolean {
    return this.#explorer.space.capacity > this.#wanted
  }

  /** The steps of a growth, in which the other threads take part. */
  #growing(wanted: number, limit: number): Generator<void, boolean> {
    const { crew } = this
    const { space, added } = this.#explorer
    const callHelpers =
      crew === null
        ? undefined
        : (ranges: readonly IdRange[], growth: number) => crew.callForHelp(space.memory, ranges, growth)
    return space.growing(wanted, [...this.#levels.flat(), ...added], limit, callHelpers)
  }
}
