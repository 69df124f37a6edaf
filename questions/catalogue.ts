/** The catalogue without its scenarios, which is all that a question needs: loading those takes longer than an answer. */
import type { Catalogue } from '../checker/catalogue.ts'
import { kernels } from '../spec/kernels.ts'
import { type Switch, switches } from '../spec/switches/index.ts'
import { outcomeQuestion } from './outcome/question.ts'

export const withoutScenarios: Catalogue = {
  variants: kernels().map(({ name, about }) => ({ name, about })),
  switches: (Object.entries(switches) as [string, Switch<string>][]).map(
    ([name, { about, values, history, patches }]) => ({
      name,
      about,
      values,
      history: [
        ...history.map(({ since, value, commit }) => `${since}: ${value}${commit === '' ? '' : ` (${commit})`}`),
        ...Object.entries(patches).map(([patch, value]) => `patch:${patch}: ${value}`),
      ],
    }),
  ),
  scenarios: [],
  questions: [outcomeQuestion],
}
