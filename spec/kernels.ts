/** Kernels: releases and unmerged patches as settings of the design switches, computed from the switches' histories. */
import { SpecError } from '../checker/language/index.ts'
import { compareReleases, RELEASES, type Release } from './releases.ts'
import { type Settings, type Switch, type SwitchName, switches } from './switches/index.ts'
import { mlockPatches } from './switches/mlock-patches.ts'

export interface Kernel {
  /** `v6.1`, or `patch:longterm-movable-v3` */
  readonly name: string
  readonly about: string
  readonly settings: Settings
}

/** Patches that were posted and not merged: the release that they were written for, and where they are. */
const PATCHES: Readonly<Record<string, { base: Release; about: string }>> = {
  'longterm-movable-v3': {
    base: 'v5.10',
    about: '"mm/gup: migrate pinned pages out of movable zone", v3, linux-mm, 11 Dec 2020',
  },
  'migrate-batch-v6.3-rc1': {
    base: 'v6.3',
    about:
      'candidates of v6.3: batched migration in its first form (5dfab109d519, before fb3592c41a44 and 2ef7dbb26990)',
  },
  'migrate-without-flush': {
    base: 'v7.3',
    about: 'hypothetical: unmapping for migration leaves the TLBs alone',
  },
  'lock-in-reclaim': {
    base: 'v6.4',
    about: 'hypothetical: a task in direct reclaim waits for the locks of folios that it migrates, as others do',
  },
  'move-ptes-unguarded': {
    base: 'v7.3',
    about: 'hypothetical: mremap moves entries without the rmap lock, as before v3.2 and exec before v2.6.35',
  },
  'write-without-folio-lock': {
    base: 'v7.3',
    about: 'hypothetical: somebody writes to a folio of the page cache with a reference and without its lock',
  },
  'write-without-folio-lock-v6.11': {
    base: 'v6.11',
    about: 'hypothetical: the same on the last kernel that copies after it has frozen the references',
  },
  'deferred-split-rc': {
    base: 'v6.10',
    about: '7262f208ca68 as it was in candidates of v6.10; repaired by "make migrate_pages_batch() stats consistent"',
  },
  'mbind-locks-first': {
    base: 'v6.4',
    about: 'v6.4.8 and candidates of v6.5: mbind write-locks every VMA of its range before it walks (6c21e066f925)',
  },
  'mbind-locks-skipped-vmas': {
    base: 'v6.5',
    about: '"mm: lock VMAs skipped by a failed queue_pages_range()", Sep 2023, in mm-hotfixes-unstable for ten days',
  },
  'mbind-counts-failures': {
    base: 'v6.6',
    about: 'between v6.6 and v6.7: failures are counted (1cb5d11a370f), and mmap_lock is still held while migrating',
  },
  'walk-lock-killable': {
    base: 'v7.3',
    about: '"use vma_start_write_killable() in process_vma_walk_lock()", v6, linux-mm, 27 Mar 2026',
  },
  'clear-movable-tag': {
    base: 'v4.8',
    about: 'what if: a movable page that its driver releases loses the tag in page->mapping as well',
  },
  'driver-maps-pfn': {
    base: 'v4.8',
    about: 'what if (D1): a driver maps its movable page to user space as a bare PFN, without a reference',
  },
  'unmap-movable': {
    base: 'v4.8',
    about:
      'the experiment of the 2016 thread (D2): a driver page keeps its mapping, and migration unmaps it like others',
  },
  'unmap-movable-own-flag': {
    base: 'v4.8',
    about: 'the same (D3) with a bit of its own for the isolated flag, which must not lie over PG_reclaim',
  },
  'driver-zaps': {
    base: 'v6.0',
    about: 'as the out-of-tree Mali driver does (D4): the driver zaps its user mappings while it moves the page',
  },
  'z3fold-wait-negated': {
    base: 'v5.3',
    about:
      'the wait of "mm/z3fold.c: fix race between migration and destruction" (d776aaa9895e, reverted), in the place of that of zsmalloc: its sense is wrong',
  },
  'isolate-unpinnable-rc': {
    base: 'v5.19',
    about:
      '1c563432588d as it was in v5.19-rc1: the zero page is no longer pinnable; repaired by 034e5afad921 before v5.19',
  },
  'device-coherent-rc': {
    base: 'v6.0',
    about: 'f25cbb7a95a2 as it was in v6.0-rc1: the zero page again; repaired by fcab34b433dc before v6.0 [U]',
  },
  'unpin-on-nomem': {
    base: 'v6.11',
    about: '9d2bdef811c4 (v6.12-rc6): the pins are dropped when the helper array gets no memory; v6.12 has no array',
  },
  'exact-pin-refs': {
    base: 'v6.17',
    about:
      'compares the refcount with what the pin adds (pin_refs); seen in newer trees, commit and release unknown [U]',
  },
  'wait-for-refcount': {
    base: 'v6.17',
    about:
      '"mm/migrate: wait for folio refcount during longterm pin migration", RFC, linux-mm, 9 Apr 2026, with exact pin_refs',
  },
  'pin-disables-lru-cache': {
    base: 'v6.17',
    about: 'an idea, never posted: lru_cache_disable around the check and the migration of a long-term pin',
  },
  'gup-fast-no-recheck': {
    base: 'v6.17',
    about: 'what would be if gup-fast did not read the page-table entry again; never so in any kernel',
  },
  ...mlockPatches,
}

const entries = Object.entries(switches) as [SwitchName, Switch<string>][]

/** The kernel of a name: a release, or `patch:` and the name of a patch. Throws a SpecError for any other. */
export function kernel(name: string): Kernel {
  const patch = name.startsWith('patch:') ? name.slice('patch:'.length) : null
  if (patch !== null && patch in PATCHES) {
    const { base, about } = PATCHES[patch]
    const before = settingsOf(base)
    const patched = entries.map(([key, { patches }]) => [key, patches[patch] ?? before[key]])
    return { name, about, settings: Object.fromEntries(patched) as Settings }
  }
  if (!RELEASES.includes(name as Release)) {
    throw new SpecError(
      `there is no kernel '${name}' in the model`,
      `it knows ${RELEASES[0]} to ${RELEASES[RELEASES.length - 1]}, and ${Object.keys(PATCHES)
        .map((each) => `patch:${each}`)
        .join(', ')}`,
      'name one of them; stable releases follow the release they were cut from, plus the fixes they took',
    )
  }
  const release = name as Release
  return { name, about: whatChanged(release), settings: settingsOf(release) }
}

/** The release itself, or the one that a patch is based on. */
export function baseOf(name: string): Release {
  return name.startsWith('patch:') ? PATCHES[name.slice('patch:'.length)].base : (name as Release)
}

/** Every kernel that the model knows, oldest first, the patches behind the releases. */
export function kernels(): Kernel[] {
  return [...RELEASES, ...Object.keys(PATCHES).map((patch) => `patch:${patch}`)].map(kernel)
}

/** The same kernel with some switches set otherwise. Throws a SpecError for an unknown switch or value. */
export function withSettings(base: Kernel, settings: Readonly<Record<string, string>>): Kernel {
  for (const [name, value] of Object.entries(settings)) {
    const known = entries.find(([key]) => key === name)?.[1]
    if (known === undefined) {
      throw new SpecError(
        `there is no switch '${name}'`,
        `the switches are ${entries.map(([key]) => key).join(', ')}`,
        'check the spelling',
      )
    }
    if (!known.values.includes(value)) {
      throw new SpecError(
        `switch ${name} cannot be '${value}'`,
        `it is one of ${known.values.join(', ')}`,
        'set one of these',
      )
    }
  }
  return { ...base, settings: { ...base.settings, ...settings } as Settings }
}

/** The switches that two kernels set differently, with both values. */
export function differences(a: Kernel, b: Kernel): { name: SwitchName; from: string; to: string }[] {
  return entries
    .map(([name]) => ({ name, from: a.settings[name], to: b.settings[name] }))
    .filter(({ from, to }) => from !== to)
}

function settingsOf(release: Release): Settings {
  const values = entries.map(([name, { history }]) => {
    const turn = history.filter(({ since }) => compareReleases(since, release) <= 0).at(-1)
    return [name, (turn ?? history[0]).value]
  })
  return Object.fromEntries(values) as Settings
}

function whatChanged(release: Release): string {
  const turns = entries.flatMap(([name, { history }]) =>
    history
      .filter(({ since }) => since === release)
      .map(({ value, commit }) => `${name}=${value}${commit === '' ? '' : ` (${commit})`}`),
  )
  return turns.join(', ')
}
