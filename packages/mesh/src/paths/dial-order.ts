import { isInside, throughRelay } from './addresses.ts'

export interface Known {
  /** Where a connection was last dialled with success. */
  readonly lastGood: string | undefined
  /** Where the device was said to be on the LAN, the newest first: anybody there can make that up. */
  readonly sightings: readonly string[]
  /** Where it says it is, the newest first. */
  readonly addresses: readonly string[]
}

const isV6 = /^\/ip6\//

/** Takes from the lists in turns: one of each, then the next of each. */
function inTurns(...lists: readonly (readonly string[])[]): string[] {
  const longest = Math.max(0, ...lists.map(({ length }) => length))
  return Array.from({ length: longest }, (_, i) => lists.map((list) => list[i]))
    .flat()
    .filter((each) => each !== undefined)
}

/**
 * The order in which the addresses of one device are dialled, each shortly after the one before: what worked last, sightings on the LAN in
 * turns with what is known, there IPv6 in turns with IPv4 (RFC 8305, section 4), and private addresses after public ones, for they are either
 * sighted as well or somebody else's. Relays do not wait for all of that: the first is the third to be dialled, or the second when a relay was
 * what worked last, and waits for no private address that nobody saw; further ones are every second one after it.
 *
 * @returns each address once
 */
export function dialOrder({ lastGood, sightings, addresses }: Known): string[] {
  const direct = addresses.filter((each) => !throughRelay(each))
  const outward = direct.filter((each) => !isInside(each))
  const known = [
    ...inTurns(
      outward.filter((each) => isV6.test(each)),
      outward.filter((each) => !isV6.test(each)),
    ),
    ...direct.filter((each) => isInside(each)),
  ]
  const lastRelayed = lastGood !== undefined && throughRelay(lastGood)
  const first = lastGood === undefined || lastRelayed ? [] : [lastGood]
  const directOrder = [...new Set([...first, ...inTurns(sightings, known)])]
  const relays = [...new Set([...(lastRelayed ? [lastGood] : []), ...addresses.filter(throughRelay)])]
  const isHopeful = (each: string): boolean => !isInside(each) || each === lastGood || sightings.includes(each)
  const doubtful = directOrder.findIndex((each) => !isHopeful(each))
  const ahead = directOrder.splice(0, Math.min(lastRelayed ? 1 : 2, doubtful < 0 ? Infinity : doubtful))
  return [...ahead, ...inTurns(relays, directOrder)]
}
