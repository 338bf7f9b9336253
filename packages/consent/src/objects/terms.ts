import { limits, PorchlightError, type ManifestBody } from '@porchlight/core'
import { idOf } from '@porchlight/wire'
import type { Shown } from '../inputs.ts'
import type { GrantScope } from './index.ts'
import { scopesWithin } from './scope-subset.ts'

export interface Terms {
  readonly manifest: ManifestBody
  readonly scopes: readonly GrantScope[]
  readonly purposes: readonly string[]
  readonly nbf: number
  readonly exp: number
}

const refuse = (reason: string, message: string): never => {
  throw new PorchlightError('BAD_REQUEST', message, { reason })
}

/**
 * Checks what is to be agreed: within the manifest, with an end, and such that a card shows all of it.
 *
 * @throws `BAD_REQUEST` with reason `scope-unknown`, `wider-than-manifest`, `purpose-unknown`, `location-several`, `location-long` or `expiry`
 */
export function checkTerms({ manifest, scopes, purposes, nbf, exp }: Terms): void {
  if (scopes.length === 0) refuse('scope-unknown', 'no scope is named')
  for (const { id } of scopes)
    if (!manifest.scopes.some((scope) => scope.id === id)) refuse('scope-unknown', `the manifest of ${manifest.proto} has no scope ${id}`)
  for (const scope of scopes)
    if (!scopesWithin([scope], manifest.scopes))
      refuse('wider-than-manifest', `scope ${scope.id} reaches further than the manifest of ${manifest.proto} lets any grant reach`)
  for (const purpose of purposes)
    if (!manifest.purposes.includes(purpose)) refuse('purpose-unknown', `the manifest of ${manifest.proto} has no purpose ${purpose}`)
  const rooms = new Set(scopes.flatMap(({ locations }) => locations))
  if (rooms.size > 1) refuse('location-several', `${rooms.size} locations: a card shows one, and what it does not show is not agreed`)
  for (const room of rooms)
    if ([...(room || manifest.proto)].length > limits.petnameChars)
      refuse('location-long', `a location that does not fit a card, limit ${limits.petnameChars} characters`)
  if (!Number.isSafeInteger(nbf) || !Number.isSafeInteger(exp) || exp <= nbf) refuse('expiry', 'a grant ends after it begins')
  if (Number.isNaN(new Date(exp * 1000).getTime())) refuse('expiry', 'a grant ends on a day that a calendar has')
  if ((exp - nbf) * 1000 > limits.grantLifetimeMs) refuse('expiry', `a grant of ${exp - nbf} s, limit ${limits.grantLifetimeMs / 1000} s`)
}

/**
 * Checks what this household could hold itself to: named locations, unless the protocol has none. Every limit of the closed set is enforced.
 *
 * @throws `BAD_REQUEST` with reason `location-missing`
 */
export function checkEnforceable(scopes: readonly GrantScope[], allowWholeProtocol: boolean): void {
  if (!allowWholeProtocol && scopes.some(({ locations }) => locations.includes('')))
    refuse('location-missing', 'a grant names where it holds: the whole protocol is not a location')
}

/** The hash of the exact text that a person saw. @throws `TOO_LARGE`, `BAD_REQUEST` when empty */
export function shownOf(shown: Shown): { hash: ReturnType<typeof idOf>; lang: string } {
  const bytes = new TextEncoder().encode(shown.text)
  if (bytes.byteLength === 0) refuse('nothing-shown', 'a grant needs the text that was shown')
  if (bytes.byteLength > limits.shownTextBytes)
    throw new PorchlightError('TOO_LARGE', `shown text of ${bytes.byteLength} bytes, limit ${limits.shownTextBytes}`)
  return { hash: idOf(bytes), lang: shown.lang }
}
