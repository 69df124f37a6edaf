/** Colours that people with any colour vision can tell apart (Okabe and Ito 2008), each with letters that are legible on it. */

/** A process in a picture. Names stand beside the colours everywhere, so that colour never says anything alone. */
export interface Ink {
  readonly colour: string
  /** the colour of letters on it */
  readonly on: string
}

// Vermilion is left out: red marks what is violated.
const INKS: readonly Ink[] = [
  { colour: '#0072b2', on: 'white' },
  { colour: '#e69f00', on: 'black' },
  { colour: '#009e73', on: 'black' },
  { colour: '#cc79a7', on: 'black' },
  { colour: '#56b4e9', on: 'black' },
  { colour: '#555555', on: 'white' },
  { colour: '#f0e442', on: 'black' },
]

/** The colour of a column, by its place in the table; from the eighth on they repeat. */
export const ink = (column: number): Ink => INKS[column % INKS.length]

export const BAD = { line: '#b3261e', fill: '#fdecea' } as const
export const GOOD = { line: '#00694d', fill: '#e6f4ef' } as const
export const QUIET = { line: '#444444', fill: '#f5f5f5', text: '#555555' } as const
