/** The questions that the kernel model answers: verbs of the command line beside those of the checker. */
import type { Question } from '../checker/catalogue.ts'
import { outcomeQuestion } from './outcome/question.ts'

export const questions: readonly Question[] = [outcomeQuestion]
