import { cleanText, limits, PorchlightError, type DeviceId, type HouseholdId } from '@porchlight/core'

/** How a household introduces itself to the one it pairs with. */
export interface Introduction {
  /** Its genesis document: the signed envelope. */
  readonly document: Uint8Array
  /** What it calls itself; `undefined` when it says nothing. */
  readonly name: string | undefined
  /** Multiaddr texts, best first, at most `limits.addressesPerHousehold`. */
  readonly addresses: readonly string[]
}

/**
 * Opens a genesis document and checks that `device` speaks for its household now.
 *
 * @throws anything, when either is not so
 */
export type OpenDocument = (document: Uint8Array, device: DeviceId) => Promise<HouseholdId>

const address = /^(\/[A-Za-z0-9._:%~=+-]+)+$/

/** Checks what the other side says of itself. @throws `BAD_REQUEST` */
export function checkIntroduction(said: { document: Uint8Array; name: string; addresses: string[] }): Introduction {
  const { document, addresses } = said
  if (
    addresses.length > limits.addressesPerHousehold ||
    !addresses.every((text) => text.length <= limits.addressChars && address.test(text))
  ) {
    throw new PorchlightError('BAD_REQUEST', 'addresses that are none, too long or too many', { reason: 'addresses' })
  }
  if (said.name === '') return { document, name: undefined, addresses }
  if (cleanText(said.name, 'name', limits.petnameChars) !== said.name)
    throw new PorchlightError('BAD_REQUEST', 'a name that is not in its normal form', { reason: 'name' })
  return { document, name: said.name, addresses }
}
