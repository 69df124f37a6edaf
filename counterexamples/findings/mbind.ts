/** Findings about mbind(2), migrate_pages(2) and memory policies. */
import type { Finding } from './finding.ts'
import { mbindCalls } from './mbind-calls.ts'
import { mbindRaces } from './mbind-races.ts'
import { migratePages } from './migrate-pages.ts'

export const mbind: readonly Finding[] = [...mbindCalls, ...migratePages, ...mbindRaces]
