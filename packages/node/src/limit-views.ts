import { PorchlightError, type Limits, type ManifestBody } from '@porchlight/core'
import { limitSet, limitsText, limitWords, meterGroups, tickedScopes, tightest, type GrantScope, type LimitUse } from '@porchlight/consent'
import type { OfferInput } from './household-node.ts'
import type { LimitView } from './views.ts'

/**
 * The scopes of an offer or ask, by default those that are ticked to begin with, each with the tighter of its own limits and those that the manifest sets for it.
 *
 * @throws `BAD_REQUEST` with reason `limits` when they are none, or `wider-than-manifest` when the hours cannot be brought together
 */
export function scopesOf(input: Pick<OfferInput, 'scopes' | 'also' | 'location' | 'limits'>, manifest: ManifestBody): GrantScope[] {
  const limits = limitSet.safeParse(input.limits ?? {})
  if (!limits.success)
    throw new PorchlightError('BAD_REQUEST', `not limits: ${limits.error.issues[0]?.message ?? 'unreadable'}`, { reason: 'limits' })
  return (input.scopes ?? [...new Set([...tickedScopes(manifest), ...(input.also ?? [])])]).map((id) => {
    const max = tightest(limits.data, manifest.scopes.find((scope) => scope.id === id)?.max ?? {})
    if (max === undefined)
      throw new PorchlightError('BAD_REQUEST', `the hours reach further than ${manifest.proto} lets any grant reach`, {
        reason: 'wider-than-manifest',
      })
    return { id, locations: [input.location], max }
  })
}

/** The limits of scopes, for a card. */
export const limitsByScope = (scopes: readonly GrantScope[]): Readonly<Record<string, Limits>> =>
  Object.fromEntries(scopes.map(({ id, max }) => [id, max]))

const wordsIn = (lang: string) => limitWords[lang] ?? limitWords[lang.split('-')[0]!] ?? limitWords['en']!

/** Limits of a grant of ours, with what is used of them. */
export const viewUses = (uses: readonly LimitUse[], lang: string): LimitView[] =>
  uses.map(({ scopes, max, bytesTotal, bytesToday }) => ({
    scopes,
    max,
    text: limitsText(max, wordsIn(lang)),
    usedBytes: bytesTotal,
    usedTodayBytes: bytesToday,
  }))

/** Limits of a grant that we hold: the other side counts. */
export function viewLimits(scopes: readonly GrantScope[], lang: string): LimitView[] {
  const groups = meterGroups(scopes)
  return [...new Set(groups.values())].map((group) => {
    const max = scopes.find(({ id }) => id === group)!.max
    const members = [...groups].filter(([, of]) => of === group).map(([scope]) => scope)
    return { scopes: members, max, text: limitsText(max, wordsIn(lang)), usedBytes: null, usedTodayBytes: null }
  })
}
