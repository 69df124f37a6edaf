/** Address spaces as the tables of expectations draw them: a letter for each page. */
import type { FolioText, Layout, PageText, VmaText } from '../../spec/mbind/layout.ts'

/**
 * Pages: `.` absent, `r` on node 1; on node 0 `m` movable, `n` not to be isolated, `h` held by somebody, `s` mapped by
 * somebody else too, and `k` one page for all of them, as KSM makes.
 */
const FOLIOS: Readonly<Record<string, FolioText>> = {
  r: { node: 1 },
  m: { node: 0 },
  n: { node: 0, lru: 'off' },
  h: { node: 0, held: true },
  s: { node: 0, elsewhere: 1 },
  k: { node: 0 },
}

/** `AAB.X`: two pages of VMA A, one of B, a hole, one of X, which is not migratable; S is shmem. */
export function drawn(vmas: string, pages: string): Layout {
  const texts: VmaText[] = []
  for (const letter of new Set(vmas.replaceAll('.', ''))) {
    texts.push({
      off: vmas.indexOf(letter),
      n: vmas.lastIndexOf(letter) - vmas.indexOf(letter) + 1,
      kind: letter === 'X' ? 'unmigratable' : letter === 'S' ? 'shmem' : 'anon',
    })
  }
  const folios: FolioText[] = []
  let merged: number | undefined
  const entries = [...pages].map((letter): PageText => {
    if (letter === '.') return 'none'
    if (letter === 'k' && merged !== undefined) return { maps: merged }
    if (letter === 'k') merged = folios.length
    folios.push(FOLIOS[letter])
    return { maps: folios.length - 1 }
  })
  return { vmas: texts, pages: entries, folios }
}
