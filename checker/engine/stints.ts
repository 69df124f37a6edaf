/** A search runs in stints, between which the event loop has its turn: progress is told, and an interrupt is heard. */
import type { Stop } from './outcome.ts'

/** Milliseconds of a stint. */
const STINT = 40

export class Stints {
  /** why the search stops, as soon as it does */
  stopped: Stop | null = null
  readonly #signal: AbortSignal | undefined
  readonly #onDiskError: (reason: string) => void
  #breathed = performance.now()

  /** `onDiskError` hears what the system says when the disk fails. */
  constructor(signal: AbortSignal | undefined, onDiskError: (reason: string) => void) {
    this.#signal = signal
    this.#onDiskError = onDiskError
  }

  /** When a stint that begins now should end. */
  get end(): number {
    return performance.now() + STINT
  }

  /** Whether it is time to let the event loop run. */
  get over(): boolean {
    return performance.now() - this.#breathed > STINT
  }

  /** Lets the event loop run, after `tell` has told how far the search is. */
  async breathe(tell: () => void): Promise<void> {
    tell()
    await new Promise((resolve) => setImmediate(resolve))
    this.#breathed = performance.now()
    if (this.#signal?.aborted) this.stopped = 'interrupt'
  }

  /** Goes through with something that takes its time, unless the search stops. */
  async all(steps: Iterable<void>, tell: () => void): Promise<void> {
    if (this.stopped !== null) return
    for (const _ of steps) {
      if (this.over) await this.breathe(tell)
      if (this.stopped !== null) return
    }
  }

  /** Does something that disk or memory may not have room for; then the search stops. */
  async guarded(work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (thrown) {
      if (thrown instanceof RangeError) {
        this.stopped = 'memory'
        return
      }
      if (!(thrown instanceof Error) || !('syscall' in thrown)) throw thrown
      this.stopped = 'disk'
      this.#onDiskError(thrown.message)
    }
  }
}
