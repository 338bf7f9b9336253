import { createHash, createHmac, hkdfSync, timingSafeEqual } from 'node:crypto'
import type { DeviceId, HouseholdId } from '@porchlight/core'

const domain = 'porchlight/household/1/join'

/** Who is on which side. The devices are those that noise authenticated. */
export interface JoinParties {
  readonly inviter: DeviceId
  readonly joiner: DeviceId
  readonly household: HouseholdId
}

/** Names an invite of a device without giving its secret away. @returns 8 bytes */
export const joinIdOf = (secret: Uint8Array): Uint8Array =>
  new Uint8Array(createHash('sha256').update(secret).update(`${domain}/id`).digest().subarray(0, 8))

/**
 * Proves that `role` holds the secret, for these two devices and this household only.
 *
 * @returns 32 bytes
 * @see protocols/household/SPEC.md#join
 */
export function joinProof(secret: Uint8Array, role: 'inviter' | 'joiner', { inviter, joiner, household }: JoinParties): Uint8Array {
  const key = new Uint8Array(hkdfSync('sha256', secret, new Uint8Array(), `${domain}/key`, 32))
  const lines = [`${domain}/proof`, role, inviter, joiner, household]
  return new Uint8Array(createHmac('sha256', key).update(lines.join('\n')).digest())
}

/** Whether a proof is right, in time that does not depend on where it differs. */
export function isJoinProof(proof: Uint8Array, secret: Uint8Array, role: 'inviter' | 'joiner', parties: JoinParties): boolean {
  const right = joinProof(secret, role, parties)
  return proof.byteLength === right.byteLength && timingSafeEqual(proof, right)
}
