/** What a command may do to the world outside: print, and hear Ctrl-C. Tests give their own and look at what was printed. */
import type { Colours } from '../report/text.ts'

export interface Io {
  /** the answer: text for standard output, newlines included */
  out(text: string): void
  /** progress and messages: text for standard error */
  err(text: string): void
  /** standard error is a terminal, on which progress can be redrawn in place */
  readonly isTTY: boolean
  /** the decorations of text for standard output */
  readonly colour: Colours
  /**
   * From now on the first Ctrl-C does not end the process but aborts this signal; the second one ends it. To be called
   * only for work that listens to it.
   */
  interruptible(): AbortSignal
}
