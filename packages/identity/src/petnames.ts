import { cleanText, isCleanText, limits, PorchlightError, slug } from '@porchlight/core'

const folded = (name: string): string => name.normalize('NFKC').toLowerCase()

/** Two petnames are one when they differ in case or compatibility form only, or would get the same local address. */
function collides(name: string, other: string): boolean {
  const label = slug(name)
  return folded(name) === folded(other) || (label !== '' && label === slug(other))
}

/**
 * Accepts a petname: the name by which this household knows another. Never sent.
 *
 * @param taken  petnames of the other contacts
 * @throws `BAD_REQUEST`, with reason `petname-taken` when another contact has it, or has one with the same local address
 */
export function petname(text: string, taken: Iterable<string>): string {
  const name = cleanText(text, 'petname', limits.petnameChars)
  // A contact may be named on the command line by petname or by id: one must not pass for the other.
  if (/^b[a-z2-7]{52}$/i.test(name))
    throw new PorchlightError('BAD_REQUEST', 'a petname must not look like a household id', { reason: 'petname-like-id' })
  // Kept for addresses of this program itself.
  if (slug(name) === 'porchlight')
    throw new PorchlightError('BAD_REQUEST', 'the name porchlight is this program’s own', { reason: 'petname-reserved' })
  for (const other of taken) {
    if (collides(name, other))
      throw new PorchlightError('BAD_REQUEST', `petname ${JSON.stringify(name)} is too close to ${JSON.stringify(other)}`, {
        reason: 'petname-taken',
      })
  }
  return name
}

/**
 * A petname to offer for a new contact: its self-chosen name when that is usable, with a number when taken.
 *
 * @param selfChosen what the other household calls itself; untrusted
 */
export function suggestPetname(selfChosen: string | undefined, taken: Iterable<string>): string {
  const others = [...taken, 'porchlight']
  const isFree = (name: string): boolean => [...name].length <= limits.petnameChars && !others.some((other) => collides(name, other))
  const chosen = usable(selfChosen) ?? 'friend'
  if (isFree(chosen)) return chosen
  // Room for the number is made in the name, and so in the 32 characters of its slug.
  for (const base of [chosen, [...chosen].slice(0, 24).join('').trim(), 'friend']) {
    const free = others.map((_, at) => `${base} ${at + 2}`).find(isFree)
    if (free !== undefined) return free
  }
  return `friend ${others.length + 2}`
}

function usable(selfChosen: string | undefined): string | undefined {
  try {
    return selfChosen === undefined ? undefined : petname(selfChosen, [])
  } catch {
    return undefined
  }
}

/** A self-chosen name as it may be shown: always in quotes, never longer than a petname, `“?”` when it carries anything deceptive. */
export function quoted(selfChosen: string): string {
  const name = selfChosen.normalize('NFC').trim()
  if (name === '' || !isCleanText(name)) return '“?”'
  const chars = [...name.replaceAll(/["“”„«»]/g, "'")]
  return `“${chars.length > limits.petnameChars ? `${chars.slice(0, limits.petnameChars - 1).join('')}…` : chars.join('')}”`
}
