import { limits, type DeviceId } from '@porchlight/core'

/** An end of ours as the internet sees it: what arrives at `address` reaches a socket bound to `localPort`, when a router lets it. */
export interface OwnEnd {
  /** A multiaddr such as `/ip4/45.10.0.10/tcp/61234`. */
  readonly address: string
  readonly localPort: number
}

/** What one observer, dialled from a punch port, said it saw. */
export interface Observation extends OwnEnd {
  readonly observer: DeviceId
}

/**
 * How this household's router maps ports, one IP version at a time.
 *
 * - `independent`: two observers saw the same address, and more of them than saw others, so everybody does; one contact that lies changes nothing
 * - `dependent`: two saw different ones; nobody can tell what the next one will see
 * - `unknown`: one observer, or none
 */
export type MappingKind = 'independent' | 'dependent' | 'unknown'

export interface Mapping {
  readonly kind: MappingKind
  /** Under which others may meet us, best first; none when there is no hope. At most `limits.punchAddresses`. */
  readonly ends: readonly OwnEnd[]
}

/**
 * Reads the kind of a mapping off what observers say. Pure.
 *
 * @param observations  of one IP version, oldest first, of connections that are open now
 * @see                 RFC 5780, section 4.3, with relays for STUN servers
 */
export function mappingOf(observations: readonly Observation[]): Mapping {
  const byPort = Map.groupBy(observations, ({ localPort }) => localPort)
  let agreed: OwnEnd | undefined
  for (const seen of byPort.values()) {
    // Of one observer the newest word counts: after a change of address its old connection may not have noticed yet.
    const addresses = new Map(seen.map(({ observer, address }) => [observer, address]))
    const [most, ...others] = [...Map.groupBy(addresses.values(), (address) => address).values()].toSorted((a, b) => b.length - a.length)
    const [address] = most!
    if (others.length > 0 && most!.length <= others.flat().length) return { kind: 'dependent', ends: [] }
    if (most!.length > 1) agreed = { address: address!, localPort: seen[0]!.localPort }
  }
  if (agreed) return { kind: 'independent', ends: [agreed] }
  const newest = [...byPort.values()].map((seen) => plain(seen.at(-1)!)).toReversed()
  return { kind: 'unknown', ends: newest.slice(0, limits.punchPorts) }
}

const plain = ({ address, localPort }: OwnEnd): OwnEnd => ({ address, localPort })
