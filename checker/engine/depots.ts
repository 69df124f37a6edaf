/** Which depots a search may have behind its space, and how large the space is beside them. */
import { SpecError } from '../language/errors.ts'
import type { Model } from '../language/model.ts'
import type { Depot } from './depot.ts'
import type { Explorer } from './explorer.ts'
import { Folded } from './folded.ts'
import type { SearchOptions } from './search-options.ts'
import type { IdRange, Space } from './space.ts'
import { Spill } from './spill.ts'

/** What a search with a depot needs in memory, in rooms for each thread. */
const LEAST_ROOMS = 4
/** States found before they are folded. */
const FOLD_FROM = 200_000
/** The share of the memory, and the most states, that are kept as they are where the others are folded. */
const [WINDOW_SHARE, LARGEST_WINDOW] = [1 / 8, 1 << 20]

export class Depots {
  /** whether states may go to disk: claims about the whole graph need it in memory */
  readonly maySpill: boolean
  readonly folds: boolean
  readonly foldFrom: number
  readonly #space: Space
  readonly #options: SearchOptions
  readonly #maxMemory: number
  /** threads need that much room between two flushes */
  readonly #leastWindow: number

  constructor(model: Model, explorer: Explorer, workers: number, maxMemory: number, options: SearchOptions) {
    const whole = ({ kind }: { kind: string }) => kind === 'temporal' || kind === 'refinement'
    this.maySpill = options.spill !== undefined && !model.claims.some(whole)
    this.folds = options.compress ?? false
    this.foldFrom = options.foldFrom ?? FOLD_FROM
    this.#space = explorer.space
    this.#options = options
    this.#maxMemory = maxMemory
    this.#leastWindow = LEAST_ROOMS * explorer.mostRoom * workers
  }

  /** A depot of folded states; null where too little memory would be left for them, and there is a disk. */
  openFolded(): Depot | null {
    const least = this.#leastWindow
    const most = Math.max(least, this.#largestWindow)
    // When they go to disk, there should be room for a larger space before they are gone.
    const bytes = this.maySpill ? this.#maxMemory * (1 - WINDOW_SHARE) : this.#maxMemory
    if (this.maySpill && this.#statesIn(bytes / 2) < least) return null
    return new Folded(this.#space, this.#options.spill ?? {}, this.#space.reserved + 1, { least, most, bytes })
  }

  /** A depot on disk, behind the space, whose table holds the states of the given ranges and will not grow any more. */
  openSpill(ranges: readonly IdRange[]): Depot {
    const next = this.#space.reserved + 1
    this.#space.table.fill(0)
    for (const range of ranges) this.#space.enter(range)
    this.#space.grow(this.#leastWindow, ranges, Infinity)
    return new Spill(this.#space, this.#options.spill!, next)
  }

  /** A depot on disk for states that are folded and have become too many, while others have been found. */
  spillBehind(folded: Depot, found: readonly IdRange[]): Spill {
    this.#space.grow(this.#largestWindow, found, Infinity)
    return new Spill(this.#space, this.#options.spill!, folded.next)
  }

  /** Where states lie that are on disk; empty where none may. */
  get dir(): string {
    return this.#options.spill?.dir ?? ''
  }

  /** Tells that states go to disk, or why they cannot. */
  tell(distinct: number, reason = ''): void {
    this.#options.onSpill?.({ dir: this.dir, distinct, reason })
  }

  get #largestWindow(): number {
    return Math.min(LARGEST_WINDOW, this.#statesIn(this.#maxMemory * WINDOW_SHARE))
  }

  /** States that so many bytes of space have room for. */
  #statesIn(bytes: number): number {
    return Math.floor(bytes / this.#space.bytesPerState)
  }
}

/** The error for a claim that folded states do not go together with. */
export function foldedRefusal(kind: string, name: string): SpecError {
  return new SpecError(
    `the ${kind} claim '${name}' cannot be checked on compressed states`,
    'it is judged on the whole graph, whose states must lie in memory as they are',
    'leave --compress out, or name the other claims with --claim',
  )
}
