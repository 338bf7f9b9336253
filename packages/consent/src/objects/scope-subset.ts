import { covers, type Limits } from '@porchlight/core'
import type { GrantScope } from './index.ts'
import { windowWithin } from './weekly-window.ts'

/** What bounds a scope: of a grant, an ask or a manifest. */
export interface ScopeBound {
  readonly id: string
  readonly locations: readonly string[]
  readonly max: Limits
}

/**
 * Whether every scope and location of `inner` lies within `outer`: effective ⊆ granted ⊆ asked ⊆ manifest.
 * Limits are compared too: what the outer one bounds, the inner one must bound at least as tightly.
 */
export function scopesWithin(inner: readonly GrantScope[], outer: readonly ScopeBound[]): boolean {
  return inner.every((scope) => {
    const bound = outer.find(({ id }) => id === scope.id)
    return (
      bound !== undefined &&
      scope.locations.every((location) => bound.locations.some((granted) => covers(granted, location))) &&
      limitsWithin(scope.max, bound.max)
    )
  })
}

const amounts = ['bytesTotal', 'bytesPerDay', 'opsPerMin', 'streams'] as const

/** Whether limits bound at least what other ones bound, at least as tightly. */
export function limitsWithin(inner: Limits, outer: Limits): boolean {
  return (
    amounts.every((name) => outer[name] === undefined || (inner[name] ?? Number.POSITIVE_INFINITY) <= outer[name]) &&
    (outer.window === undefined || (inner.window !== undefined && windowWithin(inner.window, outer.window)))
  )
}

/** The tightest of two sets of limits, as far as it can be said: amounts always; of two windows the one within the other, or `undefined` when neither is. */
export function tightest(one: Limits, other: Limits): Limits | undefined {
  const both: { -readonly [K in keyof Limits]: Limits[K] } = {}
  for (const name of amounts) {
    const least = Math.min(one[name] ?? Number.POSITIVE_INFINITY, other[name] ?? Number.POSITIVE_INFINITY)
    if (Number.isFinite(least)) both[name] = least
  }
  const [a, b] = [one.window, other.window]
  if (a && b && !windowWithin(a, b) && !windowWithin(b, a)) return undefined
  const window = a && b ? (windowWithin(a, b) ? a : b) : (a ?? b)
  return window === undefined ? both : { ...both, window }
}
