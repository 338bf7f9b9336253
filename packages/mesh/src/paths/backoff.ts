import { limits } from '@porchlight/core'

/**
 * How long to wait before the next dial: doubling from `limits.redialFirstMs` up to a cap, each time a random part of the
 * upper half, so that two nodes, or all contacts of one that comes back, do not dial in step. The first wait may be next to nothing.
 *
 * @param failures  dials that failed since the last success or news, from 0
 * @param random    in [0, 1)
 * @param capMs     longest wait
 * @returns         milliseconds
 */
export function redialAfterMs(failures: number, random: number, capMs: number = limits.redialCapMs): number {
  if (failures === 0) return Math.floor(limits.redialFirstMs * random)
  const fullMs = Math.min(capMs, limits.redialFirstMs * 2 ** Math.min(failures - 1, 20))
  return Math.floor(fullMs * (0.5 + random / 2))
}
