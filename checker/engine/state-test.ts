/** A predicate on the states of an explored graph, evaluated through a table of its own and remembered. */
import { boundTest } from '../language/predicate.ts'
import { LARGEST_TABLE, type PredicateRule, predicateRules, TRUE } from './rules.ts'
import type { Search } from './search.ts'
import { leafFor } from './table.ts'

/** A function from state numbers to whether the predicate holds there. `place` names it in errors. */
export function stateTest(
  { explorer, space }: Pick<Search, 'explorer' | 'space'>,
  test: (state: object) => boolean,
  place: string,
): (id: number) => boolean {
  const [rule]: PredicateRule[] = predicateRules([boundTest(place, test)])
  return (id) => {
    const base = id * space.stride
    const known = leafFor(rule.table, space.log, base)
    const result =
      known?.result ?? explorer.teacher.judge(rule, false, space.log, base, rule.table.leaves < LARGEST_TABLE)
    return (result & TRUE) !== 0
  }
}
