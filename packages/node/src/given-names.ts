const names = /\/dns[^/]*\/([^/]+)/gi

const namesIn = (address: string): string[] => [...address.matchAll(names)].map(([, name]) => name!.toLowerCase())

/**
 * Addresses that a contact tells, without those by a DNS name that no person of this household put here: a contact could otherwise have us ask
 * any name server for anything, for ever.
 *
 * @param told   what the contact says of itself
 * @param given  addresses whose names are known by a person's hand: of the link that was pasted, or already kept of this contact
 */
export function withGivenNames(told: readonly string[], given: readonly string[] = []): string[] {
  const known = new Set(given.flatMap(namesIn))
  return told.filter((address) => namesIn(address).every((name) => known.has(name)))
}
