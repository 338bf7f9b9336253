import { covers } from '@porchlight/core'
import type { GrantScope } from './index.ts'

/**
 * Whether every scope and location of `inner` lies within `outer`: effective ⊆ granted ⊆ asked.
 * Limits are compared too: what the outer one bounds, the inner one must bound at least as tightly.
 */
export function scopesWithin(inner: readonly GrantScope[], outer: readonly GrantScope[]): boolean {
  return inner.every((scope) => {
    const bound = outer.find(({ id }) => id === scope.id)
    return (
      bound !== undefined &&
      scope.locations.every((location) => bound.locations.some((granted) => covers(granted, location))) &&
      limitsWithin(scope.max, bound.max)
    )
  })
}

function limitsWithin(inner: GrantScope['max'], outer: GrantScope['max']): boolean {
  return Object.entries(outer).every(([name, most]) => {
    const value = inner[name as keyof GrantScope['max']]
    return most === undefined || (value !== undefined && value <= most)
  })
}
