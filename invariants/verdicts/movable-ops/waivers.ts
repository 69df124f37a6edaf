/** What no scenario about movable pages ever does while all is well, with the reason. */
import type { Settings } from '../../../spec/switches/index.ts'

/** For scenarios about drivers other than balloons. */
export const beforeMovableOps = (settings: Settings): string | null =>
  settings['movable-tag'] === 'mapping-flag' || settings['movable-tag'] === 'page-balloon'
    ? 'before v4.8 only pages of a balloon are movable'
    : null
export const roomToSpare: Readonly<Record<string, string>> = {
  'page[*].refs is never': 'the counter has room to spare, so that a reference too many is counted and not lost',
  'page[*].gets is never': 'the counter has room to spare',
  'page[*].coreLists is never': 'there is room for a page that is isolated twice',
  'page[*].coreRefs is never': 'there is room for a page that is isolated twice',
}
