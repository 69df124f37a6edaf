/** State graphs and their quotients as data: what the pictures are drawn from. */

export interface StateNode {
  readonly id: number
  /** what is written in the node; newlines separate its lines */
  readonly text: string
  readonly initial: boolean
  readonly final: boolean
  /** how many states are grouped in this node */
  readonly count: number
}

export interface StateEdge {
  readonly from: number
  readonly to: number
  /** the names of the actions that lead from one node to the other */
  readonly labels: readonly string[]
}

export interface StateGraph {
  readonly nodes: readonly StateNode[]
  readonly edges: readonly StateEdge[]
}
