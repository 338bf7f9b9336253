import { cleanText, limits, PorchlightError, type DeviceId, type HouseholdId } from '@porchlight/core'

/** How a household introduces itself to the one it pairs with. */
export interface Introduction {
  /** Its genesis document: the signed envelope. */
  readonly document: Uint8Array
  /** Its later documents and suspensions by its devices, envelopes in any order; at most `limits.inviteLaterObjects` each. */
  readonly laterDocuments: readonly Uint8Array[]
  readonly suspensions: readonly Uint8Array[]
  /** What it calls itself; `undefined` when it says nothing. */
  readonly name: string | undefined
  /** Multiaddr texts, best first, at most `limits.addressesPerHousehold`. */
  readonly addresses: readonly string[]
}

/**
 * Opens a genesis document with what followed it, and checks that `device` speaks for its household now.
 *
 * @throws anything, when either is not so
 */
export type OpenDocument = (
  said: Pick<Introduction, 'document' | 'laterDocuments' | 'suspensions'>,
  device: DeviceId,
) => Promise<HouseholdId>

const address = /^(\/[A-Za-z0-9._:%~=+-]+)+$/

/** Checks what the other side says of itself. @throws `BAD_REQUEST` */
export function checkIntroduction(said: Omit<Introduction, 'name'> & { readonly name: string }): Introduction {
  const { document, laterDocuments, suspensions, addresses } = said
  const shown = { document, laterDocuments, suspensions, addresses }
  if (
    addresses.length > limits.addressesPerHousehold ||
    !addresses.every((text) => text.length <= limits.addressChars && address.test(text))
  ) {
    throw new PorchlightError('BAD_REQUEST', 'addresses that are none, too long or too many', { reason: 'addresses' })
  }
  if (said.name === '') return { ...shown, name: undefined }
  if (cleanText(said.name, 'name', limits.petnameChars) !== said.name)
    throw new PorchlightError('BAD_REQUEST', 'a name that is not in its normal form', { reason: 'name' })
  return { ...shown, name: said.name }
}
