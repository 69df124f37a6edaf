/**
 * How imports of spec files are resolved: `mmcheck` is the checker that is running, its packages can be used by specs in
 * other folders, and TypeScript is always a module, whatever the nearest package.json says. (Loaded as CommonJS, a spec
 * would get a second copy of the checker, whose values the first does not recognise.)
 */
const CHECKER = new URL('./index.ts', import.meta.url).href
const LENT = new Set(['immutable', 'ts-pattern'])

export async function resolve(specifier, context, next) {
  if (specifier === 'mmcheck') return next(CHECKER, context)
  const found = await next(specifier, context).catch((error) => {
    if (LENT.has(specifier)) return next(specifier, { ...context, parentURL: CHECKER })
    throw error
  })
  return found.format === 'commonjs' && /\.ts(?:\?|$)/.test(found.url) ? { ...found, format: 'module' } : found
}
