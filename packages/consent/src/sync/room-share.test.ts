import { limits } from '@porchlight/core'
import { describe, expect, it } from 'vitest'
import { ana, askOf, ben, block, eve, factsWith, grantOf, idFor, made, receipt, revoke } from '../testing/made-facts.ts'
import type { KnownFact } from './fact-index.ts'
import { hasRoom } from './room.ts'

const sized = (fact: KnownFact, bytes: number): KnownFact => ({ ...fact, bytes: new Uint8Array(bytes) })
const offer = (name: string, manifest = 'text') => grantOf(name, { iss: ben, aud: { household: ana }, manifest: idFor(manifest) })
/** How many bytes still fit for Ben. */
function free(...facts: KnownFact[]): number {
  const index = factsWith(...facts)
  let [fits, not] = [-1, limits.factsPerContactBytes + 1]
  while (not - fits > 1) {
    const middle = Math.floor((fits + not) / 2)
    if (hasRoom(index, ben, middle)) fits = middle
    else not = middle
  }
  return fits
}
const all = limits.factsPerContactBytes

describe('the room of a contact', () => {
  it('is filled to the last byte by what it asked and offered', () => {
    expect(free()).toBe(all)
    expect(free(sized(askOf('a'), 300), sized(offer('g'), 40))).toBe(all - 340)
    expect(free(sized(askOf('a'), all))).toBe(0)
    expect(free(sized(askOf('a'), all), sized(askOf('b'), 1))).toBe(-1)
  })

  it('is filled by each text of its offers once, and by none that only asks are under', () => {
    const text = (name: string, bytes: number) => sized(made('manifest', name, {}), bytes)
    const offers = [sized(offer('g'), 10), sized(offer('h'), 10), sized(offer('i', 'other'), 10)]
    expect(free(text('text', 1000), text('other', 200), text('third', 5000), ...offers)).toBe(all - 1230)
    expect(free(...offers)).toBe(all - 30)
    expect(free(text('text', 1000), sized(askOf('a'), 10))).toBe(all - 10)
  })

  it('is not used by others, by what we gave, nor by what ends or signs', () => {
    const others = [askOf('a', { iss: eve }), grantOf('g'), receipt('r'), revoke('e', { iss: ben }), block('b')]
    expect(free(...others.map((fact) => sized(fact, 10_000)))).toBe(all)
  })

  it('is bounded in number as well', () => {
    const asks = Array.from({ length: limits.factsPerContact }, (_, at) => sized(askOf(`a${at}`), 1))
    expect(hasRoom(factsWith(...asks.slice(1)), ben, 1)).toBe(true)
    expect(hasRoom(factsWith(...asks), ben, 1)).toBe(false)
    expect(hasRoom(factsWith(...asks), eve, 1)).toBe(true)
  })
})
