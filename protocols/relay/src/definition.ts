import { defineProtocol, PorchlightError, type Codec } from '@porchlight/core'
import { relay as messages } from './generated/relay.ts'

/** The one location of this protocol: a grant has to name where it holds. */
export const relayLocation = 'circuits'

/** A relay's own account of what it carried for one household. */
export interface RelayAccount {
  /** Both ways, each byte once. */
  readonly carriedBytes: number
  /** Milliseconds that circuits were open, added up. */
  readonly openMs: number
  /** Milliseconds since 1970; 0 when nothing was carried yet. */
  readonly sinceMs: number
  /** Circuits open now. */
  readonly circuits: number
  /** Whether the device is a relay at the moment. */
  readonly carries: boolean
}

const count = (value: bigint, what: string): number => {
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw new PorchlightError('BAD_REQUEST', `${what} is no number that can be counted to`)
  return Number(value)
}

const account: Codec<RelayAccount> = {
  encode: ({ carriedBytes = 0, openMs = 0, sinceMs = 0, circuits = 0, carries = false }) =>
    messages.Account.encode({
      carriedBytes: BigInt(carriedBytes),
      openMs: BigInt(openMs),
      sinceMs: BigInt(sinceMs),
      circuits,
      carries,
    }),
  decode: (bytes) => {
    const { carriedBytes, openMs, sinceMs, circuits, carries } = messages.Account.decode(bytes)
    return {
      carriedBytes: count(carriedBytes, 'carriedBytes'),
      openMs: count(openMs, 'openMs'),
      sinceMs: count(sinceMs, 'sinceMs'),
      circuits,
      carries,
    }
  },
}

/**
 * `/porchlight/relay/1`: a grant of its scope `carry` is what lets a contact's devices have places here; circuits are calls under it.
 *
 * @see protocols/relay/SPEC.md
 */
export const relayProtocol = defineProtocol({
  id: '/porchlight/relay/1',
  door: 'grant',
  methods: { account: { kind: 'query', scope: 'carry', input: messages.Ask, output: account } },
})
