import { limits } from '@porchlight/core'

/**
 * How long to wait before a device that is still relayed is punched to again: doubling from `limits.punchRetryFirstMs` up to
 * `limits.punchRetryCapMs`, the upper half of it by chance.
 *
 * @param failures  punches that failed since the last news, from 0
 * @param random    in [0, 1)
 */
export function punchAgainAfterMs(failures: number, random: number): number {
  const fullMs = Math.min(limits.punchRetryCapMs, limits.punchRetryFirstMs * 2 ** Math.min(Math.max(failures - 1, 0), 20))
  return Math.floor(fullMs * (0.5 + random / 2))
}
