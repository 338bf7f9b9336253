import { PorchlightError } from './errors.ts'

/** Control, format (bidirectional, zero-width, tags), line-separating and otherwise invisible characters: text that can lie about itself on a screen (Unicode TR 36). */
const deceptive = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u

/** Whether a text is NFC, well formed, and free of control, bidirectional and invisible characters. */
export function isCleanText(text: string): boolean {
  return text.isWellFormed() && text === text.normalize('NFC') && !deceptive.test(text)
}

/**
 * Accepts a text that a person typed or a peer sent, normalised to NFC and trimmed.
 *
 * @param maxChars  bound in Unicode code points
 * @throws `BAD_REQUEST` when empty, too long, or carrying control or invisible characters
 */
export function cleanText(text: string, what: string, maxChars: number): string {
  const clean = text.normalize('NFC').trim()
  if (clean === '') throw new PorchlightError('BAD_REQUEST', `${what} is empty`)
  if ([...clean].length > maxChars)
    throw new PorchlightError('BAD_REQUEST', `${what} of ${[...clean].length} characters, limit ${maxChars}`)
  if (!isCleanText(clean)) throw new PorchlightError('BAD_REQUEST', `${what} carries control or invisible characters`)
  return clean
}

/**
 * The DNS label under which a petname appears in a local address: `Ana & Tom` becomes `ana-tom`.
 *
 * @returns a lower-case label of 1–32 characters, or `''` when nothing of the text survives
 */
export function slug(text: string): string {
  const ascii = text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()
  return ascii
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 32)
    .replace(/^-+|-+$/g, '')
}
