import { limits } from '@porchlight/core'

const waits = [limits.askCooldownFirstMs, limits.askCooldownSecondMs, limits.askCooldownThirdMs]

/** What so many denials do to later asks: dropped for a day, then a week, then a month; the fourth blocks the protocol for this contact. */
export function cooldownAfter(denials: number): { readonly waitMs: number; readonly blocks: boolean } {
  return { waitMs: waits[denials - 1] ?? 0, blocks: denials > waits.length }
}
