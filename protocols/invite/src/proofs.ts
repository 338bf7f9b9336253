import { createHash, createHmac, hkdfSync, timingSafeEqual } from 'node:crypto'
import type { DeviceId, HouseholdId } from '@porchlight/core'

/** Who is on which side of one pairing. Devices are those that noise authenticated, households those of the opened documents. */
export interface Parties {
  readonly inviterDevice: DeviceId
  readonly inviteeDevice: DeviceId
  readonly inviterHousehold: HouseholdId
  readonly inviteeHousehold: HouseholdId
}

export type Role = 'inviter' | 'invitee'

/** Names an invite without giving its secret away: the first 8 bytes of sha256(secret ‖ "porchlight/invite/1/id"). */
export function inviteIdOf(secret: Uint8Array): Uint8Array {
  return new Uint8Array(createHash('sha256').update(secret).update('porchlight/invite/1/id').digest().subarray(0, 8))
}

/**
 * Proves that `role` holds the secret, for these two devices and households only: HMAC-SHA256 under HKDF-SHA256(secret) of the domain, the
 * role and the four ids, one a line. A proof made for anyone else is of no use to whoever gets hold of it.
 *
 * @returns 32 bytes
 * @see protocols/invite/SPEC.md#proofs
 */
export function proofOf(secret: Uint8Array, role: Role, parties: Parties): Uint8Array {
  return hmacOf(secret, 'porchlight/invite/1/proof', role, parties)
}

/**
 * Proves the same for an ask, under a label of its own: neither of the two proofs is good for what the other one opens.
 *
 * @returns 32 bytes
 */
export function askProofOf(secret: Uint8Array, parties: Parties): Uint8Array {
  return hmacOf(secret, 'porchlight/invite/1/ask', 'invitee', parties)
}

function hmacOf(secret: Uint8Array, label: string, role: Role, parties: Parties): Uint8Array {
  const key = new Uint8Array(hkdfSync('sha256', secret, new Uint8Array(), 'porchlight/invite/1/key', 32))
  const lines = [label, role, parties.inviterDevice, parties.inviteeDevice, parties.inviterHousehold, parties.inviteeHousehold]
  return new Uint8Array(createHmac('sha256', key).update(lines.join('\n')).digest())
}

/** Whether a proof is right, in time that does not depend on where it differs. */
export function isProof(proof: Uint8Array, secret: Uint8Array, role: Role, parties: Parties): boolean {
  return isSame(proof, proofOf(secret, role, parties))
}

/** As `isProof`, for an ask. */
export function isAskProof(proof: Uint8Array, secret: Uint8Array, parties: Parties): boolean {
  return isSame(proof, askProofOf(secret, parties))
}

const isSame = (proof: Uint8Array, right: Uint8Array): boolean => proof.byteLength === right.byteLength && timingSafeEqual(proof, right)
