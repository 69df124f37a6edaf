/** What scenarios about migration cannot do, and why that is fine: the reasons that several of them share. */
import type { Settings } from '../../../spec/switches/index.ts'

type Waivers = Readonly<Record<string, string>>

export const ROOM = 'the counter has room to spare, so that a reference too many is counted and not lost'

export const MEMORY_WAIVERS: Waivers = {
  'folio[*].refs is never': ROOM,
  'folio[*].gets is never': ROOM,
  'pte[*].kind is never special': 'nothing but folios is mapped',
}

export const NEVER_UNINITIALISED: Waivers = {
  'user.seen[*] is never 0': 'nobody ever reads a folio before its contents are there',
}

/** Where the only folio is one of the page cache. */
export const IN_PAGE_CACHE: Waivers = {
  'cache[*] is never none': 'nobody truncates the file',
  "action 'migration: refcount as expected?' is never": 'folios of the page cache are frozen, not only compared',
  "action 'migration: copied, refcount as expected?' is never":
    'folios of the page cache are frozen, not only compared',
}

/** Where nobody maps it, either. */
export const ONLY_CACHED: Waivers = { ...IN_PAGE_CACHE, 'pte[*].kind never changes': 'nobody maps the folio' }

/** Where nothing makes a migration fail once it has begun. */
export function neverFails({ 'migrate-list': list }: Settings): Waivers {
  const why = 'nothing makes a migration fail here'
  return {
    "action 'migration: restore ptes' is never": why,
    "action 'migration: unlock, -EAGAIN' is never": why,
    "action 'migration: putback' is never": why,
    'migration.pass never changes': why,
    'migration.failed never changes': why,
    ...(list === 'batched' && { 'migration.phase is never undo': why, 'migration.alone never changes': why }),
  }
}

/** Where the folio is moved once, and no other. */
export const MOVED_ONCE: Waivers = {
  'asleep[*] is never F1': 'the task ends when it has moved the folio, and does not move it back',
  'migration.src is never F1': 'the task ends when it has moved the folio, and does not move it back',
  'migration.dst is never F0': 'the task ends when it has moved the folio, and does not move it back',
  'user.folio is never F1': 'the task ends when it has moved the folio, and does not move it back',
  'user2.folio is never F1': 'the task ends when it has moved the folio, and does not move it back',
}

/** What a kernel does with buffers that it migrates, and others do not. */
export function howBuffersAreKept({ 'buffer-check': how }: Settings): Waivers {
  return {
    ...(how === 'release' && { "action 'migration: move buffers' is never": 'this kernel releases the buffers' }),
    ...(how !== 'check-held' && { 'buffer.private_lock never changes': 'this kernel does not keep the lock' }),
    ...(how !== 'check-marked' && { 'buffer.BH_Migrate never changes': 'this kernel does not mark buffers' }),
  }
}

/** Where two folios of the page cache, and only these, are moved once, and nobody holds references that are in the way. */
export function twoCachedFolios(settings: Settings): Waivers {
  const once = 'one call moves two folios'
  return {
    ...MEMORY_WAIVERS,
    ...ONLY_CACHED,
    ...neverFails(settings),
    'cache[*] is never': once,
    'migration.src is never': once,
    'migration.dst is never': once,
    'migration.next never changes': once,
    'worker.needed is never': once,
    'reader.needed is never': once,
    'reader.held is never': once,
  }
}
