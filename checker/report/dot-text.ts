/** What DOT needs to read a text as text: quoted strings, and labels written in its subset of HTML. */
import { oneLine, wrap } from './text.ts'

/** A quoted string that shows exactly this text, each line between `margin`s; newlines separate centred lines. */
export function quoted(text: string, margin = ''): string {
  const escaped = text
    .split('\n')
    .map((line) => margin + oneLine(line).replaceAll('&', '&amp;').replace(/["\\]/g, '\\$&') + margin)
    .join('\\n')
  return `"${escaped}"`
}

/** Text inside an HTML label. Even there a backslash is an escape: `\G` would show the name of the graph. */
export const html = (text: string): string =>
  oneLine(text)
    .replaceAll('\\', '\\\\')
    .replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`)

/** Text inside an HTML label, wrapped, its lines aligned to the left. */
export const lines = (text: string, limit: number): string =>
  wrap(oneLine(text), limit)
    .map((line) => `${html(line)}<br align="left"/>`)
    .join('')
