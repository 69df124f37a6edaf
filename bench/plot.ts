/** Measured curves as an SVG picture, with logarithmic scales on both axes. */

export interface Series {
  readonly name: string
  readonly points: readonly (readonly [number, number])[]
}

export interface Plot {
  readonly title: string
  readonly x: string
  readonly y: string
  readonly series: readonly Series[]
}

const [WIDTH, HEIGHT] = [640, 400]
const MARGIN = { left: 64, right: 24, top: 40, bottom: 48 } as const
// Told apart in grey as well.
const COLOURS = ['#1b4f9c', '#c44e1f', '#4d8f3a', '#7a4fa3']

type Range = readonly [number, number]

/** Where a value stands on a logarithmic scale. */
export const log =
  ([low, high]: Range, [from, to]: Range) =>
  (value: number): number =>
    from + ((to - from) * Math.log10(value / low)) / Math.log10(high / low)

/** The powers of ten that enclose the values. */
function powersAround(values: readonly number[]): Range {
  return [10 ** Math.floor(Math.log10(Math.min(...values))), 10 ** Math.ceil(Math.log10(Math.max(...values)))]
}

const at = (value: number): string => value.toFixed(1)

/** The text of the picture. The same curves give the same bytes. */
export function plot({ title, x, y, series }: Plot): string {
  const points = series.flatMap(({ points: all }) => all)
  const [xs, ys] = [powersAround(points.map(([value]) => value)), powersAround(points.map(([, value]) => value))]
  const [left, right, top, bottom] = [MARGIN.left, WIDTH - MARGIN.right, MARGIN.top, HEIGHT - MARGIN.bottom]
  const [across, up] = [log(xs, [left, right]), log(ys, [bottom, top])]
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="DejaVu Sans,Arial,sans-serif" font-size="12">`,
    `<title>${title}</title>`,
    '<rect width="100%" height="100%" fill="white"/>',
    `<text x="${left}" y="22" font-size="14">${title}</text>`,
    ...powers(xs).flatMap((power) => [
      `<path d="M${at(across(power))} ${top}V${bottom}" stroke="#ddd"/>`,
      `<text x="${at(across(power))}" y="${bottom + 18}" text-anchor="middle">${powerText(power)}</text>`,
    ]),
    ...powers(ys).flatMap((power) => [
      `<path d="M${left} ${at(up(power))}H${right}" stroke="#ddd"/>`,
      `<text x="${left - 8}" y="${at(up(power) + 4)}" text-anchor="end">${powerText(power)}</text>`,
    ]),
    `<text x="${(left + right) / 2}" y="${HEIGHT - 10}" text-anchor="middle">${x}</text>`,
    `<text transform="translate(16 ${(top + bottom) / 2}) rotate(-90)" text-anchor="middle">${y}</text>`,
    ...series.flatMap(({ name, points: all }, index) => {
      const colour = COLOURS[index % COLOURS.length]
      const places = all.map(([a, b]) => `${at(across(a))},${at(up(b))}`)
      return [
        `<polyline points="${places.join(' ')}" fill="none" stroke="${colour}" stroke-width="2"/>`,
        ...places.map((place) => {
          const [cx, cy] = place.split(',')
          return `<circle cx="${cx}" cy="${cy}" r="2.5" fill="${colour}"/>`
        }),
        `<text x="${left + 12}" y="${top + 18 + 18 * index}" fill="${colour}">${name}</text>`,
      ]
    }),
    '</svg>',
    '',
  ].join('\n')
}

const powers = ([low, high]: Range): number[] =>
  Array.from({ length: Math.round(Math.log10(high / low)) + 1 }, (_, step) => low * 10 ** step)

const powerText = (power: number): string => `10<tspan dy="-5" font-size="9">${Math.round(Math.log10(power))}</tspan>`
