/** How much memory a search may use when nobody says. */
import { freemem, totalmem } from 'node:os'

/** Bytes: three quarters of what the machine, or the container around this process, has available now. */
export function memoryLimit(): number {
  const constrained = process.constrainedMemory?.() ?? 0
  const total = constrained > 0 && constrained < totalmem() ? constrained : totalmem()
  const available = Math.min(process.availableMemory?.() ?? freemem(), total)
  return Math.floor(available * 0.75)
}

/** Bytes from a size as people write it (`8G`, `512M`, `1000000`), or null when it is none. */
export function parseSize(text: string): number | null {
  const parts = /^(\d+(?:\.\d+)?)\s*([kmgt]?)i?b?$/i.exec(text.trim())
  if (parts === null) return null
  return Math.floor(Number(parts[1]) * 1024 ** ' kmgt'.indexOf(parts[2].toLowerCase() || ' '))
}
