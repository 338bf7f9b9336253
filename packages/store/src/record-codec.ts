import { PorchlightError } from '@porchlight/core'

/** JSON object with this one key stands for bytes. */
const bytesKey = '$bytes'

/**
 * Writes a record as JSON text, with bytes as `{"$bytes": base64}`, so that a database can be read and mended by hand.
 *
 * @throws `INTERNAL` for a value that would not come back as it is
 */
export function encodeRecord(value: unknown): string {
  return JSON.stringify(value, function (this: Record<string, unknown>, key, seen: unknown) {
    const given = this[key]
    if (given instanceof Uint8Array) return { [bytesKey]: Buffer.from(given.buffer, given.byteOffset, given.byteLength).toString('base64') }
    if (typeof given === 'number' && !Number.isFinite(given)) throw new PorchlightError('INTERNAL', `cannot store the number ${given}`)
    if (typeof given === 'object' && given !== null && !Array.isArray(given) && Object.getPrototypeOf(given) !== Object.prototype)
      throw new PorchlightError('INTERNAL', 'cannot store an object of a class')
    if (typeof given === 'object' && given !== null && bytesKey in given)
      throw new PorchlightError('INTERNAL', `cannot store an object with the key ${bytesKey}`)
    return seen
  })
}

/** Reads a record. @throws `INTERNAL` with reason `damaged` when the text is not one */
export function decodeRecord<T>(text: string): T {
  try {
    return JSON.parse(text, (_key, value: unknown) =>
      isBytes(value) ? new Uint8Array(Buffer.from(value[bytesKey], 'base64')) : value,
    ) as T
  } catch (cause) {
    throw new PorchlightError('INTERNAL', 'a record in the database is not readable', { reason: 'damaged', cause })
  }
}

const isBytes = (value: unknown): value is { [bytesKey]: string } =>
  typeof value === 'object' && value !== null && typeof (value as Record<string, unknown>)[bytesKey] === 'string'
