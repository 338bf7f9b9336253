import { test } from 'vitest'

/** What has to hold always, by the numbers that the specs and the docs use. */
export const sentences = {
  1: 'without an ACTIVE grant the handler never runs',
  2: 'an unknown key, caveat, type or version rejects the whole object',
  3: 'whatever is accepted encodes to the bytes that were read',
  4: 'an id depends neither on the signature nor on the envelope',
  5: 'a signature made for one type verifies as no other',
  6: 'keys that are not Ed25519, and keys with torsion, are rejected everywhere',
  7: 'scopes and locations match by whole normalised segments only',
  8: 'what is in force lies within the grant, the grant within what was asked or countered, and that within the manifest',
  9: 'after revoke() no stream opens and no send() succeeds under that grant',
  10: 'revoked is said only after it is on the disk',
  11: 'an acknowledged revocation survives a kill at any instant',
  12: 'a revocation that cannot be written stays denied, and is seen not to be durable',
  13: 'nothing queued and nothing relayed outlives its grant',
  14: 'a revoked id is never in force on a device that holds the revocation',
  15: 'every order of deliveries gives the same grants in force',
  16: 'a block defeats every grant that did not see it',
  17: 'limits hold across streams, devices and restarts',
  18: 'expiry ends live streams within a second, and a timer of thirty days does not fire early',
  19: 'moving the clock back never revives a grant',
  20: 'a restored old database serves nothing until it is in step again',
  21: 'pending, denied, blocked and unsupported get byte-identical replies',
  22: 'what identify tells does not depend on the apps that are installed',
  23: 'no grant, membership or petname enters the DHT',
  24: 'quotas of asks hold, and a full inbox evicts nothing',
  25: 'every grant keeps the exact text that was shown, and its hash matches',
  26: 'no optional scope is on by default',
  27: 'a grant without an end cannot be represented',
  28: 'an app cannot use another app’s grant',
  29: 'only the root adds a device, and any device can suspend one',
  30: 'rotating the root needs the preimage of next',
  31: 'two documents with the same seq freeze expansion',
  32: 'a locked daemon denies everything',
  33: 'keys and ids of one persona never appear in the traffic of another',
  34: 'nobody is a member of a community without their own signature',
  35: 'a removal is never undone without a later admission',
  36: 'a fork moves nobody and no grant',
  37: 'each grant, deny, revoke, suspend or recovery has exactly one audit entry, in the same batch',
  38: 'any change of one byte of the log is detected',
  39: 'erasing a body keeps the chain valid',
  40: 'an export verifies without the daemon',
} as const

export type InvariantNumber = keyof typeof sentences

/** How often a universal property is tried: some hundred times in `npm test`, at least 10,000 in `npm run test:invariants`. */
export const runs = Number(process.env['INVARIANT_RUNS'] ?? 100)

/** The one test of an invariant. What its comment calls "Broken by" is a change of the code that this test has been seen to catch. */
export function invariant(number: InvariantNumber, run: () => Promise<void> | void, timeoutMs = 20_000 + runs * 60): void {
  test(`${number} · ${sentences[number]}`, { timeout: timeoutMs }, run)
}
