/** Tables of expectations: plain text files with a heading and tabs, so that they can be read and compared as data. */
import { readFileSync } from 'node:fs'

/** The rows of a file of this folder, each as its cells under their headings. */
export function readTable<H extends string>(file: string, headings: readonly H[]): Readonly<Record<H, string>>[] {
  const text = readFileSync(new URL(file, import.meta.url), 'utf8')
  const [first, ...lines] = text.trimEnd().split('\n')
  const names = first.split('\t')
  if (headings.some((heading) => !names.includes(heading)))
    throw new Error(`${file} has the columns ${names.join(', ')}, and not ${headings.join(', ')}`)
  return lines.map((line, at) => {
    const cells = line.split('\t')
    if (cells.length !== names.length) throw new Error(`${file}, line ${at + 2}: ${cells.length} cells`)
    return Object.fromEntries(names.map((name, column) => [name, cells[column]])) as Record<H, string>
  })
}
