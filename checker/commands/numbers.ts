/** Numbers as people read them. */

/** `1,234,567`. */
export const grouped = (value: number): string => Math.round(value).toLocaleString('en-US')

/** `1 state`, `16 states`. */
export const states = (value: number): string => (value === 1 ? '1 state' : `${grouped(value)} states`)

/** `16 states`, or `8 orbits standing for 13 states` where symmetry was used. */
export const counted = ({ distinct, states: all }: { readonly distinct: number; readonly states: number }): string =>
  distinct === all
    ? states(all)
    : `${grouped(distinct)} ${distinct === 1 ? 'orbit' : 'orbits'} standing for ${states(all)}`

/** `850 B`, `12.3 MB`. */
export function bytes(value: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB']
  const power = value < 1024 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(value) / 10))
  const scaled = value / 1024 ** power
  return `${scaled < 10 && power > 0 ? scaled.toFixed(1) : Math.round(scaled)} ${units[power]}`
}

/** `0.02 s`, `3.4 s`, `75 s`. */
export const seconds = (value: number): string => `${value.toFixed(value < 1 ? 2 : value < 20 ? 1 : 0)} s`

/** `950 states/s`, `2.5 M states/s`; empty where the time is too short to say. */
export function rate(count: number, time: number): string {
  if (time <= 0) return ''
  const value = count / time
  return value < 1e6 ? `${grouped(Number(value.toPrecision(2)))} states/s` : `${(value / 1e6).toFixed(1)} M states/s`
}
