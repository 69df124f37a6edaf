/**
 * Lets this thread import TypeScript, without a build step and wherever the file lies. To be imported first in every
 * thread that loads specs.
 */
import { register as registerHooks } from 'node:module'
import { register } from 'tsx/esm/api'

register()
registerHooks('./typescript-hooks.mjs', import.meta.url)
