import { relayLocation, relayProtocol } from '@porchlight/protocol-relay'
import type { Limits } from '@porchlight/core'
import type { OfferInput } from './household-node.ts'

/** The offer by which a contact may use this household's relay. */
export const relayOffer = (input: {
  to: string
  expMs: number
  limits?: Limits | undefined
  freshMs?: number | undefined
}): OfferInput => ({
  ...input,
  protocol: relayProtocol.id,
  location: relayLocation,
})
