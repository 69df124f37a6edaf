/** Pictures from DOT text: Graphviz compiled to WebAssembly, so that nothing needs to be installed. */

/** What stands in for the font of the layout where it is missing: DejaVu Sans has the same widths, the rest is narrower. */
const FAMILY = 'font-family="Verdana,DejaVu Sans,Arial,Helvetica,sans-serif"'

/** Lays out a graph and draws it as SVG. The same text gives the same bytes on every run. */
export async function renderSvg(dot: string): Promise<string> {
  // Loaded where it is needed: most runs draw nothing.
  const { default: graphviz } = await import('graphviz-wasm')
  await graphviz.loadWASM()
  return graphviz.layout(dot, 'svg', 'dot').replaceAll(/font-family="Verdana[^"]*"/g, FAMILY)
}
