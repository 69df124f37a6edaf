/** What is measured: one state graph each, written in the language of every tool that has it. */

type Sizes = Readonly<Record<string, number>>

export interface BenchModel {
  readonly name: string
  readonly title: string
  /** measured only with --full */
  readonly full: boolean
  /** the tool that takes minutes, measured only with --slow */
  readonly tooSlow?: string
  /** a spec file or a scenario, and its constants */
  readonly target: { readonly name: string; readonly settings: Readonly<Record<string, number | boolean>> }
  /** the same spec written in another style, which must not be slower or faster */
  readonly otherStyle?: { readonly about: string; readonly file: string }
  readonly c?: { readonly source: string; readonly defines: Sizes }
  readonly promela?: { readonly source: string; readonly defines: Sizes }
  readonly murphi?: { readonly source: string; readonly constants: Sizes }
  readonly tla?: { readonly module: string; readonly constants: Sizes; readonly invariants: readonly string[] }
}

const twoPhase = (N: number, full: boolean): BenchModel => ({
  name: `two-phase-${N}`,
  title: `two-phase commit, ${N} resource managers`,
  full,
  ...(N > 8 && { tooSlow: 'Rumur' }),
  target: { name: 'examples/two-phase.ts', settings: { RMs: N } },
  c: { source: 'twophase.c', defines: { N } },
  promela: { source: 'twophase.pml', defines: { N } },
  murphi: { source: 'twophase.m', constants: { N } },
  tla: { module: 'TwoPhaseOpt', constants: { N }, invariants: ['Consistent'] },
})

const filter = (N: number, full: boolean): BenchModel => ({
  name: `filter-${N}`,
  title: `filter lock, ${N} processes`,
  full,
  target: { name: 'examples/filter-lock.ts', settings: { processes: N } },
  promela: { source: 'filter.pml', defines: { N } },
  murphi: { source: 'filter.m', constants: { N } },
  tla: { module: 'Filter', constants: { N }, invariants: ['Mutex'] },
})

/** The model of the kernel: no other tool has it. */
const scenario = (name: string): BenchModel => ({
  name,
  title: `${name}, the larger bounds`,
  full: false,
  target: { name, settings: { deep: true } },
})

export const models: readonly BenchModel[] = [
  twoPhase(7, false),
  twoPhase(8, false),
  twoPhase(9, true),
  filter(3, false),
  filter(4, false),
  {
    name: 'migration-2',
    title: 'page migration, 2 folios, batches of 1',
    full: true,
    tooSlow: 'Rumur',
    target: { name: 'examples/page-migration.ts', settings: { folios: 2, batch: 1 } },
    c: { source: 'migrate.c', defines: { NF: 2, B: 1 } },
    promela: { source: 'migrate.pml', defines: { NF: 2, B: 1 } },
    murphi: { source: 'migrate.m', constants: { NF: 2, B: 1 } },
    tla: { module: 'Migrate', constants: { NF: 2, B: 1 }, invariants: ['MapOK', 'RefOK', 'PinOK', 'FreeOK'] },
  },
  scenario('pin-vs-isolation'),
  scenario('pin-vs-offline'),
  {
    name: 'styles',
    title: 'two-phase commit, 8 resource managers, written with ts-pattern, strings and exceptions',
    full: false,
    target: { name: 'bench/styles/readable.ts', settings: { RMs: 8 } },
    otherStyle: { about: 'bare integers', file: 'bench/styles/bare.ts' },
  },
]
