/** Shared memory that grows where it lies, so that there is never an old and a new one of it. */

/** bytes of memory that V8 grows in place */
const LARGEST_GROWABLE = 2 ** 32

/** Memory that can grow where it lies, unless the machine is short of addresses. What it may grow to costs nothing. */
export function growable(bytes: number): SharedArrayBuffer {
  try {
    return new SharedArrayBuffer(bytes, { maxByteLength: LARGEST_GROWABLE })
  } catch {
    return new SharedArrayBuffer(bytes)
  }
}

/** The same memory with at least that many bytes; a copy of it where it cannot grow. Throws a RangeError without memory. */
export function grownTo(buffer: SharedArrayBuffer, bytes: number): SharedArrayBuffer {
  if (buffer.byteLength >= bytes) return buffer
  if (buffer.growable && buffer.maxByteLength >= bytes) {
    buffer.grow(bytes)
    return buffer
  }
  const larger = new SharedArrayBuffer(bytes)
  new Uint8Array(larger).set(new Uint8Array(buffer))
  return larger
}
