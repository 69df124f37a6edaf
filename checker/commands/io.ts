/** What a command may do to the world outside: print, and hear Ctrl-C. Tests give their own and look at what was printed. */
import type { Colours } from '../report/text.ts'

export interface Io {
  /** the answer: text for standard output, newlines included */
  out(text: string): void
  /** progress and messages: text for standard error */
  err(text: string): void
  /** standard error is a terminal, on which progress can be redrawn in place */
  readonly isTTY: boolean
  /** how wide the terminal is that standard output is; nothing where it is none */
  readonly columns?: number
  /** the decorations of text for standard output */
  readonly colour: Colours
  readonly interrupt: Interrupt
}

/** Ctrl-C: between `listen` and `release` the first one aborts the signal; otherwise, and the second time, it ends the process. */
export interface Interrupt {
  readonly signal: AbortSignal
  /** to be called only for work that listens to the signal */
  listen(): void
  release(): void
}
