/** What stands below a race table: the verdict, the values that decided it, who promised otherwise, and where the code is. */
import type { Trace } from '../trace/trace.ts'
import { changed, conjunctHeading, counted, ENDINGS, origin, valued } from './phrases.ts'
import type { Colours } from './text.ts'
import { oneLine, place, WIDTH, widest, width, wrap } from './text.ts'

/** The verdict of a trace with its evidence, as lines of at most 72 characters. */
export function explanation(trace: Trace, colour: Colours): string[] {
  const paint = trace.kind === 'witness' ? colour.green : colour.red
  const promised = oneLine(trace.source)
  return [
    ...wrap(`${ENDINGS[trace.kind]}: ${oneLine(trace.sentence)}`, WIDTH, 2).map(paint),
    ...trace.failed.flatMap((conjunct) => {
      const named = conjunctHeading(trace, conjunct)
      const pairs = conjunct.evidence.map((evidence) => [valued(evidence), origin(trace, evidence)] as const)
      return named === '' ? aligned(pairs, 2) : [...indented(`${named}:`, 2), ...aligned(pairs, 4)]
    }),
    ...alternatives(trace),
    ...(promised === '' ? [] : indented(`promised by: ${promised}`, 2)),
    ...indented(`${counted(trace.length, 'state')}, ${counted(trace.contextSwitches, 'context switch')}`, 2),
    ...where(trace).map(colour.dim),
  ]
}

/** Alternatives shown, of those that the abstract model of a refinement claim had. */
const MOST_ALTERNATIVES = 8

function alternatives({ instead }: Trace): string[] {
  if (instead === undefined) return []
  const { heading, steps } = instead
  const shown = steps.slice(0, MOST_ALTERNATIVES).map(({ label, changes }) => [label, changes.map(changed).join(', ')])
  const more = steps.length - shown.length
  return [
    ...indented(steps.length === 0 ? heading : `${heading}:`, 2),
    ...aligned(
      shown.map(([label, changes]) => [oneLine(label), changes] as const),
      4,
    ),
    ...(more > 0 ? indented(`and ${more} more`, 4) : []),
  ]
}

/** Every label that names the code it stands for, once. */
function where(trace: Trace): string[] {
  const pairs = trace.steps
    .map(({ label, anchor }) => [oneLine(label), oneLine(anchor)] as const)
    .filter(([, anchor]) => anchor !== '')
  const once = [...new Map(pairs.map((pair) => [pair.join('\n'), pair])).values()]
  return once.length === 0 ? [] : ['', 'where:', ...aligned(once, 2)]
}

function indented(text: string, indent: number): string[] {
  return wrap(text, WIDTH - indent, 2).map((line) => place([{ at: indent, text: line }]))
}

/** Pairs in two columns; the right one below the left one where there is no room for both beside each other. */
function aligned(pairs: readonly (readonly [string, string])[], indent: number): string[] {
  const half = WIDTH / 2 - indent
  const lefts = pairs.map(([left]) => width(left)).filter((each) => each <= half)
  const at = indent + Math.max(4, ...lefts) + 3
  return pairs.flatMap(([left, right]) => {
    // Names of functions are to be found by searching for them, so that they are not broken.
    if (indent + width(left) + 2 > at || at + 2 + widest(right.split(' ')) > WIDTH) {
      return [...indented(left, indent), ...indented(right, indent + 4)]
    }
    return wrap(right, WIDTH - at, 2).map((text, line) =>
      place([
        { at: indent, text: line === 0 ? left : '' },
        { at, text },
      ]),
    )
  })
}
