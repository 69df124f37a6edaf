/** The scenarios about page migration, in the order of the matrix. */
import { migrationAndUserScenario } from './migration-and-user.ts'

export const migration = [migrationAndUserScenario]
