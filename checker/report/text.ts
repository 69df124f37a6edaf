/** Text of a fixed width: wrapping, and placing pieces at columns so that colours do not disturb the widths. */

/** Race tables go into changelogs and mails, whose lines end here. */
export const WIDTH = 72

/** Decorates a piece of text without changing how wide it is seen. */
export type Paint = (text: string) => string

/** The decorations of a report; those of a terminal library fit. */
export interface Colours {
  readonly bold: Paint
  readonly dim: Paint
  readonly red: Paint
  readonly green: Paint
  readonly cyan: Paint
}

const same: Paint = (text) => text

/** No decoration at all. */
export const PLAIN: Colours = { bold: same, dim: same, red: same, green: same, cyan: same }

/** The number of characters that are seen. */
export const width = (text: string): number => [...text].length

/** The greatest of the widths, 0 for none. */
export const widest = (texts: readonly string[]): number => Math.max(0, ...texts.map(width))

/** The text on one line; what a terminal would not show as it is (controls, text direction) becomes an escape. */
export function oneLine(text: string): string {
  return text
    .replace(/\s+/gu, ' ')
    .trim()
    .replace(/\p{C}/gu, (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`)
}

const TIE = '\u00a0'

/** The text with its spaces tied, so that `wrap` prefers to break elsewhere. `oneLine` leaves no such space in a text. */
export const tie = (text: string): string => text.replaceAll(' ', TIE)

/**
 * Breaks a text into lines of at most `limit` characters, at spaces where it can, else after punctuation or before an
 * arrow, else anywhere: nothing is left out. Lines after the first are indented.
 */
export function wrap(text: string, limit: number, indent = 0): string[] {
  const lines: string[] = []
  let line = ''
  const roomy = (piece: string) => width(line) + width(piece) <= limit
  const breakLine = () => {
    if (line.trim() === '') return
    lines.push(line.trimEnd())
    line = ' '.repeat(indent)
  }
  for (const word of text.split(' ')) {
    const space = line.trim() === '' ? '' : ' '
    if (roomy(space + word)) line += space + word
    else if (width(word) <= limit - indent) {
      breakLine()
      line += word
    } else {
      line += roomy(space) ? space : ''
      for (const piece of pieces(word, limit - indent)) {
        if (!roomy(piece)) breakLine()
        line += piece
      }
    }
  }
  if (line.trim() !== '' || lines.length === 0) lines.push(line.trimEnd())
  return lines.map((each) => each.replaceAll(TIE, ' ').trimEnd())
}

/** A word that is too long for a line, cut where a reader expects it, and into lines where it has no such place. */
function pieces(word: string, limit: number): string[] {
  return word
    .split(/(?<=[_./,:;=([{|\u00a0])|(?<=-)(?!>)|(?=->)/u)
    .flatMap((piece) => piece.match(new RegExp(`.{1,${limit}}`, 'gsu')) ?? [])
}

/** A piece of a line: where it starts, and how it is painted. */
export interface Span {
  readonly at: number
  readonly text: string
  readonly paint?: Paint
}

/** Puts spans, in the order of their columns, on one line. */
export function place(spans: readonly Span[]): string {
  let line = ''
  let end = 0
  for (const { at, text, paint } of spans) {
    if (text === '') continue
    line += ' '.repeat(Math.max(0, at - end)) + (paint ?? same)(text)
    end = Math.max(end, at) + width(text)
  }
  return line
}
