/**
 * JSON text to values, for files that people write: a syntax error is told with its line and the path of what was being
 * read, and a key that an object has twice, which JSON.parse would hide, is an error too.
 */
import { SpecError } from '../../checker/language/index.ts'

export type Json = null | boolean | number | string | readonly Json[] | JsonObject
export interface JsonObject {
  readonly [key: string]: Json
}

const TOKEN = /[{}[\],:]|"(?:[^"\\\p{Cc}]|\\.)*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/uy
const BLANK = /[ \t\r\n]*/y
const DEEPEST = 20

/** `$.vmas[1].off`: the path of a key below a path. */
export const below = (path: string, key: string | number): string =>
  typeof key === 'number'
    ? `${path}[${key}]`
    : /^[A-Za-z_]\w*$/.test(key)
      ? `${path}.${key}`
      : `${path}[${JSON.stringify(key)}]`

/** Reads a JSON text. Throws a SpecError that says where it stops being JSON. */
export function parseJson(text: string): Json {
  let at = text.startsWith('\uFEFF') ? 1 : 0

  const wrong = (path: string, what: string, wanted: string): SpecError => {
    const before = text.slice(0, at).split('\n')
    const where = `line ${before.length}, column ${before[before.length - 1].length + 1}`
    return new SpecError(`${path}: ${what}`, `expected ${wanted}`, `correct ${where}`)
  }
  const blank = () => {
    BLANK.lastIndex = at
    BLANK.exec(text)
    at = BLANK.lastIndex
  }
  /** The next token, which stays where it is; empty at the end of the text. */
  const peek = (path: string, wanted: string): string => {
    blank()
    if (at === text.length) return ''
    TOKEN.lastIndex = at
    const token = TOKEN.exec(text)?.[0]
    if (token === undefined && text[at] === '"') throw wrong(path, 'a string does not end on its line', 'a second "')
    if (token === undefined) throw wrong(path, `unexpected ${JSON.stringify(text[at])}`, wanted)
    return token
  }
  const take = (path: string, wanted: string, accept: (token: string) => boolean): string => {
    const token = peek(path, wanted)
    if (!accept(token)) throw wrong(path, token === '' ? 'the text ends' : `unexpected ${token}`, wanted)
    at += token.length
    return token
  }
  const quoted = (token: string, path: string): string => {
    try {
      return JSON.parse(token) as string
    } catch {
      throw wrong(
        path,
        `${token} has a backslash that escapes nothing`,
        'one of \\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX',
      )
    }
  }
  /** What stands between two brackets, separated by commas. */
  const items = (path: string, close: string, item: (first: string) => void): void => {
    at++
    const element = close === ']' ? 'a value' : 'a key in double quotes'
    for (let token = peek(path, `${element} or ${close}`); token !== close; ) {
      item(token)
      if (take(path, `a comma or ${close}`, (next) => next === ',' || next === close) === close) return
      token = peek(path, element)
      if (token === close) throw wrong(path, `a comma before ${close}`, element)
    }
    at++
  }
  const value = (path: string, depth: number): Json => {
    const token = peek(path, 'a value')
    if (depth > DEEPEST) throw wrong(path, 'brackets within brackets', `at most ${DEEPEST} of them`)
    if (token === '[') {
      const list: Json[] = []
      items(path, ']', () => list.push(value(below(path, list.length), depth + 1)))
      return list
    }
    if (token === '{') {
      const object: Record<string, Json> = Object.create(null)
      items(path, '}', () => {
        const key = quoted(
          take(path, 'a key in double quotes', (next) => next.startsWith('"')),
          path,
        )
        const own = below(path, key)
        if (key in object) throw wrong(own, 'the key is there twice', 'each key once')
        take(own, 'a colon behind the key', (next) => next === ':')
        object[key] = value(own, depth + 1)
      })
      return object
    }
    take(path, 'a value', (next) => next !== '' && !/^[\]},:]$/.test(next))
    return token.startsWith('"') ? quoted(token, path) : (JSON.parse(token) as Json)
  }

  const whole = value('$', 1)
  blank()
  if (at < text.length) throw wrong('$', 'something stands behind the end', 'nothing more')
  return whole
}
