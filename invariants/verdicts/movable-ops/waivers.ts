/** What no scenario about movable pages ever does while all is well, with the reason. */
export const roomToSpare: Readonly<Record<string, string>> = {
  'page[*].refs is never': 'the counter has room to spare, so that a reference too many is counted and not lost',
  'page[*].gets is never': 'the counter has room to spare',
  'page[*].coreLists is never': 'there is room for a page that is isolated twice',
  'page[*].coreRefs is never': 'there is room for a page that is isolated twice',
}
