/**
 * Settings that tell which switches are asked for: what a model does not ask for, while it is built and while its states
 * are explored, makes no difference to it. So kernels that agree on what one of them asks for are one kernel to a scenario.
 */
import type { Constant } from '../checker/language/index.ts'
import type { Kernel } from '../spec/kernels.ts'
import type { Settings, SwitchName } from '../spec/switches/index.ts'

type Raw = Readonly<Record<string, Constant>>
type Hear = (name: SwitchName) => void

const heard = new WeakMap<Raw, Hear>()

/** The same settings of a command line; `hear` is told each switch that a model built with them asks for. */
export function watched(settings: Raw, hear: Hear): Raw {
  const copy = { ...settings }
  heard.set(copy, hear)
  return copy
}

/** The kernel as a model that is built with these settings sees it. */
export function asSeenBy(settings: Raw, on: Kernel): Kernel {
  const hear = heard.get(settings)
  if (hear === undefined) return on
  const asked: Settings = new Proxy(on.settings, {
    get(target, name) {
      if (name in target) hear(name as SwitchName)
      return Reflect.get(target, name)
    },
  })
  return { ...on, settings: asked }
}
