import { PorchlightError } from '@porchlight/core'

/** Base64url without padding (RFC 4648 section 5). */
export const toBase64url = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url')

/** Strict: one text per value. @throws `BAD_REQUEST` for padding, other alphabets and non-zero trailing bits */
export function fromBase64url(text: string): Uint8Array {
  const bytes = Uint8Array.from(Buffer.from(text, 'base64url'))
  if (toBase64url(bytes) !== text) throw new PorchlightError('BAD_REQUEST', 'not base64url')
  return bytes
}
