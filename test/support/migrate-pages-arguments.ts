/** Arguments of migrate_pages(2) as the tables of expectations write them. */
import type { Capability, Mask, MigratePagesArguments } from '../../spec/migrate-pages/arguments.ts'

const WORDS = ['null', 'unreadable', 'node beyond the last']

const nodesIn = (text: string): readonly number[] => (text === '-' ? [] : text.split(',').map(Number))
const maskIn = (text: string): Mask => (WORDS.includes(text) ? (text as Mask) : nodesIn(text))

const READERS: Readonly<Record<keyof MigratePagesArguments, (text: string) => unknown>> = {
  pid: (text) => text,
  maxnode: (text) => text,
  old: maskIn,
  new: maskIn,
  caps: (text) => text.split(' ') as Capability[],
  ids: (text) => text,
  dumpable: (text) => text === 'yes',
  own: nodesIn,
  target: nodesIn,
  security: (text) => text,
}

/** One argument by its name. Throws an Error for a name that there is not. */
export function argumentIn(name: string, text: string): Partial<MigratePagesArguments> {
  if (!(name in READERS)) throw new Error(`there is no argument ${name}`)
  return { [name]: READERS[name as keyof MigratePagesArguments](text) }
}

/** `pid=-1; new=2`; `-` for nothing. */
export const argumentsIn = (text: string): Partial<MigratePagesArguments> =>
  text === '-' ? {} : Object.assign({}, ...text.split('; ').map((part) => argumentIn(...pairIn(part))))

const pairIn = (part: string): [string, string] => {
  const [name, value] = part.split('=')
  return [name, value]
}
