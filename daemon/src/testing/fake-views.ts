import { createHash } from 'node:crypto'
import { householdId, objectId, PorchlightError, type ObjectId } from '@porchlight/core'
import type { AskView, CardView, ContactView, GrantView, SessionView } from '@porchlight/node'

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

export const unknown = (what: string, ref: string): PorchlightError =>
  new PorchlightError('BAD_REQUEST', `no ${what} is called ${JSON.stringify(ref)}`, { reason: `unknown-${what}` })

export const cardChanged = (): PorchlightError =>
  new PorchlightError('BAD_REQUEST', 'the card reads differently now', { reason: 'card-changed' })

type Who = Pick<ContactView, 'household' | 'petname'>

export const fakeContact = (n: number, petname: string): ContactView => ({
  household: householdId(fakeId(n)),
  petname,
  label: petname,
  selfChosenName: `“House of ${petname}”`,
  looksLike: null,
  level: 'unverified',
  words: Array.from({ length: 12 }, (_word, i) => `w${i + 1}`),
  connected: true,
  path: { kind: 'direct', relay: null, roundTripMs: 12 },
  sinceMs: 1_700_000_000_000,
})

export const fakeAsk = (n: number, { household, petname }: Who, location: string, kind: AskView['kind']): AskView => ({
  id: fakeId(n),
  kind,
  household,
  petname,
  protocol: '/porchlight/share/1',
  location,
  scopes: ['read'],
  why: 'to see',
  state: kind === 'counter' ? 'COUNTERED' : 'PENDING',
  atMs: 1_700_000_000_000,
  expMs: 1_900_000_000_000,
  origin: 'contact',
  selfChosenName: '',
  looksLike: null,
  snoozedMs: null,
  counter: null,
  card: cardOf(`Ana wants to use your ${location}`),
})

export const fakeGrant = (
  n: number,
  { household, petname }: Who,
  given: Pick<GrantView, 'direction' | 'protocol' | 'location' | 'scopes' | 'expMs'>,
): GrantView => ({
  ...given,
  id: fakeId(n),
  household,
  petname,
  state: 'ACTIVE',
  notBeforeMs: 1_700_000_000_000,
  receipt: true,
  revocation: null,
  limits: [],
  causes: [],
  blocked: false,
  freshMs: given.direction === 'given' ? 7 * 86_400_000 : null,
  lastUsedMs: null,
  decaysMs: null,
  erasure: 'none',
})

export const fakeSession = (n: number, { id, household, petname, protocol, location }: GrantView): SessionView => ({
  id: `s${n}`,
  household,
  petname,
  grant: id,
  protocol,
  location,
  sinceMs: 1_700_000_000_000,
  openCalls: 1,
  sentBytes: 1024,
  receivedBytes: 10,
  path: { kind: 'direct', relay: null, roundTripMs: 12 },
})

/** The scopes of an offer or ask: `read` is required, the others are optional. */
export const fakeScopes = ({
  scopes,
  also = [],
}: {
  scopes?: readonly string[] | undefined
  also?: readonly string[] | undefined
}): string[] => [...new Set(scopes ?? ['read', ...also])]
