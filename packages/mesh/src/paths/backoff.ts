import { limits } from '@porchlight/core'

/** From where a wait doubles, and to where. */
export interface BackoffRange {
  readonly firstMs: number
  readonly capMs: number
}

/** Of a device that is not connected at all. */
export const redial: BackoffRange = { firstMs: limits.redialFirstMs, capMs: limits.redialCapMs }
/** Of one that is connected through a relay only: it is reached, and a direct path is worth a try now and then. */
export const upgrade: BackoffRange = { firstMs: limits.upgradeFirstMs, capMs: limits.upgradeCapMs }

/**
 * How long to wait before the next dial: doubling, each time a random part of the upper half, so that two nodes, or all contacts of one that
 * comes back, do not dial in step. The first wait may be next to nothing.
 *
 * @param failures  dials that failed since the last success or news, from 0
 * @param random    in [0, 1)
 * @returns         milliseconds
 */
export function redialAfterMs(failures: number, random: number, { firstMs, capMs }: BackoffRange = redial): number {
  if (failures === 0) return Math.floor(firstMs * random)
  const fullMs = Math.min(capMs, firstMs * 2 ** Math.min(failures - 1, 20))
  return Math.floor(fullMs * (0.5 + random / 2))
}
