/** All renamings of the members of some collections, or some of them chosen at random (the same ones in every run). */
import type { Interchangeable, Renaming } from '../language/renaming.ts'

const identity = (size: number): number[] => Array.from({ length: size }, (_, at) => at)

/** Calls `visit` with every renaming. */
export function forEachRenaming(collections: readonly Interchangeable[], visit: (by: Renaming) => void): void {
  const by = new Map<string, number[]>()
  const choose = (at: number): void => {
    if (at === collections.length) {
      visit(by)
      return
    }
    const { name, size } = collections[at]
    permute(identity(size), 0, (indices) => {
      by.set(name, indices)
      choose(at + 1)
    })
  }
  choose(0)
}

function permute(indices: number[], from: number, visit: (indices: number[]) => void): void {
  if (from >= indices.length - 1) {
    visit(indices)
    return
  }
  for (let at = from; at < indices.length; at++) {
    swap(indices, from, at)
    permute(indices, from + 1, visit)
    swap(indices, from, at)
  }
}

function swap(indices: number[], a: number, b: number): void {
  const kept = indices[a]
  indices[a] = indices[b]
  indices[b] = kept
}

/** A function that answers with one renaming after the other. */
export function randomRenamings(collections: readonly Interchangeable[]): () => Renaming {
  let seed = 1
  const below = (limit: number): number => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0
    return Math.floor((seed / 2 ** 32) * limit)
  }
  return () =>
    new Map(
      collections.map(({ name, size }) => {
        const indices = identity(size)
        for (let at = size - 1; at > 0; at--) swap(indices, at, below(at + 1))
        return [name, indices]
      }),
    )
}
