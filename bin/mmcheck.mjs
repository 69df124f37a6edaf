#!/usr/bin/env node
import '../checker/typescript.mjs'

try {
  await import('../mmcheck.ts')
} catch (error) {
  console.error(`error: mmcheck cannot start: ${process.env.MMCHECK_DEBUG ? error.stack : error.message}`)
  console.error('  why: a file of mmcheck itself cannot be loaded')
  console.error('  to do: run npm ci again; MMCHECK_DEBUG=1 shows where it happened')
  process.exitCode = 2
}
