/**
 * Which orders of the members of symmetric collections have to be tried for one state. Members are first told apart by
 * what they have of their own, then by what the state says about them without names. Those that are still alike, and
 * whose exchange leaves the state as it is, need not be tried in both orders: what is left is nearly always one order.
 */
import type { Domain } from '../language/domain.ts'
import type { Renaming } from '../language/renaming.ts'
import type { Members } from './members.ts'

/** Members that nothing tells apart but their names, at positions from `start` on. */
interface Tie {
  readonly members: Members
  readonly start: number
  /** the same members, those together whose exchange changes nothing */
  readonly classes: number[][]
}

/** Rounds of telling members apart by the colours of others; what is left to do is left to trying. */
const ROUNDS = 3
const MARK = -1

export class Arrangements {
  /** how many orders each order that is tried stands for */
  weight = 1
  readonly #domain: Domain<object>
  readonly #all: readonly Members[]
  /** for each collection, the new index of each member */
  readonly #indices: ReadonlyMap<string, Int32Array>
  readonly #colours: ReadonlyMap<string, Int32Array>
  readonly #digests: ReadonlyMap<string, Int32Array>
  readonly #image: Int32Array

  constructor(domain: Domain<object>, all: readonly Members[]) {
    const arrays = () => new Map(all.map(({ collection: { name, size } }) => [name, new Int32Array(size)]))
    this.#domain = domain
    this.#all = all
    this.#indices = arrays()
    this.#colours = arrays()
    this.#digests = arrays()
    this.#image = new Int32Array(domain.cells.length)
  }

  /** Calls `visit` with each renaming to try for the state whose members were sorted last. The renaming is reused. */
  forEach(codes: Readonly<Int32Array>, visit: (by: Renaming) => void): void {
    this.weight = 1
    const tied = this.#all.flatMap((members) => this.#tiesOf(members))
    const ties = tied.length === 0 ? [] : this.#classify(this.#refine(tied, codes), codes)
    for (const { collection, order } of this.#all) {
      const indices = this.#indices.get(collection.name)!
      for (let at = 0; at < order.length; at++) indices[order[at]] = at
    }
    this.#arrange(ties, 0, visit)
  }

  /** The first and the number of each run of members with equal signatures; sets colours by the runs. */
  #tiesOf(members: Members): { members: Members; start: number; size: number }[] {
    const { order, collection } = members
    const colours = this.#colours.get(collection.name)!
    const ties: { members: Members; start: number; size: number }[] = []
    for (let start = 0, end = 1; end <= order.length; end++) {
      if (end < order.length && members.compare(order[start], order[end]) === 0) continue
      for (let at = start; at < end; at++) colours[order[at]] = start
      if (end - start > 1) ties.push({ members, start, size: end - start })
      start = end
    }
    return ties
  }

  /**
   * Splits runs by the digest that the state has when one member is marked, until nothing changes. Equal digests do not
   * prove anything, and need not: what they fail to tell apart is tried in every order.
   */
  #refine(tied: { members: Members; start: number; size: number }[], codes: Readonly<Int32Array>) {
    let ties = tied
    for (let round = 0; round < ROUNDS && ties.length > 0; round++) {
      for (const { members, start, size } of ties) {
        const { name } = members.collection
        const [colours, digests] = [this.#colours.get(name)!, this.#digests.get(name)!]
        for (let at = start; at < start + size; at++) {
          const member = members.order[at]
          colours[member] = MARK
          digests[member] = this.#domain.digest(this.#colours, codes, 0)
          colours[member] = start
        }
      }
      const split = ties.flatMap((tie) => this.#split(tie))
      if (split.length === ties.length && split.every((tie, at) => tie.size === ties[at].size)) break
      ties = split
    }
    return ties
  }

  #split({ members, start, size }: { members: Members; start: number; size: number }) {
    const [colours, digests] = [this.#colours, this.#digests].map((map) => map.get(members.collection.name)!)
    const run = members.order.subarray(start, start + size).sort((a, b) => digests[a] - digests[b])
    const ties: { members: Members; start: number; size: number }[] = []
    for (let from = 0, end = 1; end <= size; end++) {
      if (end < size && digests[run[from]] === digests[run[end]]) continue
      for (let at = from; at < end; at++) colours[run[at]] = start + from
      if (end - from > 1) ties.push({ members, start: start + from, size: end - from })
      from = end
    }
    return ties
  }

  /** Puts members together whose exchange leaves the state as it is: exchanges that do make a group. */
  #classify(ties: readonly { members: Members; start: number; size: number }[], codes: Readonly<Int32Array>): Tie[] {
    for (const indices of this.#indices.values()) for (let at = 0; at < indices.length; at++) indices[at] = at
    return ties.map(({ members, start, size }) => {
      const classes: number[][] = []
      for (const member of members.order.subarray(start, start + size)) {
        const known = classes.find(([other]) => this.#exchangeable(members, member, other, codes))
        if (known === undefined) classes.push([member])
        else this.weight *= known.push(member)
      }
      return { members, start, classes }
    })
  }

  #exchangeable({ collection }: Members, a: number, b: number, codes: Readonly<Int32Array>): boolean {
    const indices = this.#indices.get(collection.name)!
    indices[a] = b
    indices[b] = a
    this.#domain.rename(this.#indices, codes, 0, this.#image, 0)
    indices[a] = a
    indices[b] = b
    return this.#image.every((code, cell) => code === codes[cell])
  }

  /** Every order of the classes of every tie; within a class one order is as good as any. */
  #arrange(ties: readonly Tie[], tie: number, visit: (by: Renaming) => void): void {
    if (tie === ties.length) {
      visit(this.#indices)
      return
    }
    const { members, start, classes } = ties[tie]
    const indices = this.#indices.get(members.collection.name)!
    const size = classes.reduce((sum, { length }) => sum + length, 0)
    const taken = classes.map(() => 0)
    const place = (at: number): void => {
      if (at === size) {
        this.#arrange(ties, tie + 1, visit)
        return
      }
      classes.forEach((members, which) => {
        if (taken[which] === members.length) return
        indices[members[taken[which]++]] = start + at
        place(at + 1)
        taken[which]--
      })
    }
    place(0)
  }
}
