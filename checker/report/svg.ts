/** Pictures from DOT text: Graphviz compiled to WebAssembly, so that nothing needs to be installed. */
import graphviz from 'graphviz-wasm'

/** What stands in for the font of the layout where it is missing: DejaVu Sans has the same widths, the rest is narrower. */
const FAMILY = 'font-family="Verdana,DejaVu Sans,Arial,Helvetica,sans-serif"'

/** Lays out a graph and draws it as SVG. The same text gives the same bytes on every run. */
export async function renderSvg(dot: string): Promise<string> {
  await graphviz.loadWASM()
  return graphviz.layout(dot, 'svg', 'dot').replaceAll(/font-family="Verdana[^"]*"/g, FAMILY)
}
