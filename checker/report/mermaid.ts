/** State graphs as Mermaid flowcharts, which code forges draw inside Markdown. */
import type { StateGraph } from './state-graph.ts'
import { oneLine } from './text.ts'

/** What Mermaid shows as it is; everything else could be read as markup of one of its versions. */
const PLAIN_CHARACTER = /[\w ,.:;=+/'(){}[\]-]/

/** Text inside quotes. Characters become entities where Mermaid or the Markdown inside it would take them for markup. */
function quoted(text: string): string {
  const escaped = text.split('\n').map((line) =>
    oneLine(line)
      .replace(/./gsu, (character) => (PLAIN_CHARACTER.test(character) ? character : entity(character)))
      // An underscore inside a word is none; `1. `, `- ` and `+ ` at the start of a line begin a list.
      .replace(/(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/g, entity('_'))
      .replace(/^(\d*)([.)+-])(?= )/, (_, digits: string, mark: string) => digits + entity(mark)),
  )
  // An empty string is a syntax error.
  return `"${escaped.join('<br/>') || ' '}"`
}

const entity = (character: string) => `#${character.codePointAt(0)};`

/** A state graph or quotient as a flowchart. An arrow from a dot leads to initial nodes; final ones have a thick border. */
export function graphMermaid(graph: StateGraph, title: string): string {
  const initial = graph.nodes.filter((node) => node.initial)
  const final = graph.nodes.filter((node) => node.final)
  const label = (node: StateGraph['nodes'][number]) =>
    node.count === 1 ? node.text : `${node.text}\n(${node.count} states)`
  return `${[
    '---',
    `title: ${JSON.stringify(oneLine(title))}`,
    '---',
    'flowchart TD',
    ...graph.nodes.map((node) => `  n${node.id}(${quoted(label(node))})`),
    ...initial.map(({ id }) => `  start${id}(( )) --> n${id}`),
    ...graph.edges.map(({ from, to, labels }) => {
      return `  n${from} -->${labels.length === 0 ? '' : `|${quoted(labels.join('\n'))}|`} n${to}`
    }),
    ...(initial.length === 0
      ? []
      : ['  classDef start fill:#444,stroke:#444', `  class ${initial.map(({ id }) => `start${id}`).join(',')} start`]),
    ...(final.length === 0
      ? []
      : [
          '  classDef final fill:#e6f4ef,stroke:#00694d,stroke-width:3px',
          `  class ${final.map(({ id }) => `n${id}`).join(',')} final`,
        ]),
  ].join('\n')}\n`
}
