import { createHash } from 'node:crypto'
import { objectId, type ObjectId } from '@porchlight/core'
import type { CardView } from '@porchlight/node'

const base32 = 'abcdefghijklmnopqrstuvwxyz234567'
/** An object id of the right shape, another one for each n; ids of near numbers share a prefix of no more than 3 characters. */
export const fakeId = (n: number): ObjectId =>
  objectId(`b${Array.from({ length: 52 }, (_char, i) => base32[(n * (7 + i) + i) % 32]).join('')}`)

/** A consent card that says this. */
export const cardOf = (text: string): CardView => ({
  title: text.split('\n')[0] ?? '',
  lines: [{ key: 'what', label: 'What', text, mark: 'enforced' }],
  text: `${text}\n What      Opens it.          enforced`,
  lang: 'en',
  hash: createHash('sha256').update(text).digest('hex'),
})
