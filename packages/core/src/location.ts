import { PorchlightError } from './errors.ts'
import { appBounds as limits } from './limits-that-apps-meet.ts'
import { isCleanText } from './text.ts'

/** What most locations are made of; nothing in it can deceive. */
const plain = new RegExp(`^[A-Za-z0-9_-]+(?:/[A-Za-z0-9_-]+){0,${limits.locationSegments - 1}}$`)

/**
 * A location names a room inside a protocol, for instance `photos` or `album/2026`. Its normal form is segments joined by `/`,
 * without a leading or trailing one. `..`, `.`, empty segments, backslashes and percent signs are refused, never repaired:
 * a repaired path is one that two programs may read differently.
 *
 * @returns the location itself, once it is known to be in normal form; `''` is the whole protocol
 * @throws `BAD_REQUEST` for anything else
 */
export function parseLocation(text: string): string {
  if (text === '' || (text.length <= limits.locationChars && plain.test(text))) return text
  const segments = text.split('/')
  const sound =
    text.length <= limits.locationChars &&
    segments.length <= limits.locationSegments &&
    isCleanText(text) &&
    segments.every((segment) => segment !== '' && segment !== '.' && segment !== '..' && !/[\\%?#]/.test(segment))
  if (!sound) throw new PorchlightError('BAD_REQUEST', `not a location: ${JSON.stringify(text.slice(0, 80))}`)
  return text
}

/** Whether a granted location covers an asked one, by whole segments: `a/post` covers `a/post/1`, not `a/postmaster`. Both in normal form. */
export function covers(granted: string, asked: string): boolean {
  return granted === '' || asked === granted || asked.startsWith(`${granted}/`)
}
