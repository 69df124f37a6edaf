/**
 * The process whose pages migrate_pages(2) moves, as far as the call looks at it: whether its ID is found, and which
 * memory it has. While a call is under way it may end, or start a program that runs with other privileges.
 */
import { bool, oneOf, process, record, type StateOf, step } from '../../checker/language/index.ts'
import type { Credentials, MigratePagesArguments } from './arguments.ts'

/** `as called`: that of the description. `of a set-user-ID program`: nobody but root may look at that. */
export const MEMORIES = ['none', 'as called', 'of a set-user-ID program'] as const
export type TargetMemory = (typeof MEMORIES)[number]

export const targetState = {
  target: record({
    /** find_task_by_vpid finds it */
    found: bool,
    /** task->mm */
    memory: oneOf<TargetMemory[]>(...MEMORIES),
  }),
}

export type WithTarget = StateOf<typeof targetState>

/** The target before anything happens. */
export const targetAtStart = ({ pid }: MigratePagesArguments): WithTarget['target'] => ({
  found: pid !== 'unused' && pid !== '-1',
  memory: pid === 'own' || pid === 'another' ? 'as called' : 'none',
})

/** What an access check sees of it. */
export const credentialsOf = (s: WithTarget, { ids = 'equal', dumpable = true }: MigratePagesArguments): Credentials =>
  s.target.memory === 'of a set-user-ID program' ? { ids: 'different', dumpable: false } : { ids, dumpable }

/** What the target does meanwhile: nothing, or one of these. */
export type Meanwhile = 'starts a set-user-ID program' | 'ends'

/**
 * The target. It begins at the label of what it does in a situation. A program is started in one step here: memory and
 * credentials change one after the other in the kernel, under locks that migrate_pages does not take.
 */
export const targetProcess = (cpu: number) =>
  process(
    targetState,
    { title: `target (CPU ${cpu})`, locals: {}, start: {} },
    {
      execve: step('fs/exec.c: begin_new_exec', (s) => {
        s.target.memory = 'of a set-user-ID program'
        return 'done'
      }),
      exit_mm: step('kernel/exit.c: exit_mm', (s) => {
        s.target.memory = 'none'
        return 'release_task'
      }),
      release_task: step('kernel/exit.c: release_task', (s) => {
        s.target.found = false
        return 'done'
      }),
    },
  )

/** Where the target begins. */
export const targetBegins = (does: Meanwhile | undefined) =>
  does === undefined ? ('done' as const) : does === 'ends' ? ('exit_mm' as const) : ('execve' as const)
