import type { Codec } from '@porchlight/core'

const encoder = new TextEncoder()
const utf8 = (bytes: Uint8Array): string => new TextDecoder('utf-8', { fatal: true }).decode(bytes)

/**
 * Values as JSON in UTF-8 (RFC 8259).
 *
 * @param check  looks at what arrived and returns it, or throws; a schema's `parse` fits. Without it a peer can send anything that is JSON,
 *               whatever the type says: leave it out only where nothing is done with the value that could go wrong
 */
export function json<T>(check?: (value: unknown) => T): Codec<T, T> {
  return {
    encode: (value) => {
      const text = JSON.stringify(value) as string | undefined
      if (text === undefined) throw new TypeError('this value has no form in JSON')
      return encoder.encode(text)
    },
    decode: (bytes) => {
      const value = JSON.parse(utf8(bytes)) as unknown
      return check ? check(value) : (value as T)
    },
  }
}

/** A text as UTF-8. */
export const text: Codec<string, string> = { encode: (value) => encoder.encode(value), decode: utf8 }

/** Bytes as they are. */
export const bytes: Codec<Uint8Array, Uint8Array> = { encode: (value) => value, decode: (value) => value }

/** For a method that takes, or answers with, nothing: `client.list()`. Whatever arrives is not looked at. */
// oxlint-disable-next-line typescript/no-invalid-void-type -- an argument of type void may be left out
export const nothing: Codec<void, void> = { encode: () => new Uint8Array(), decode: () => {} }
