import { peerIdFromMultihash, peerIdFromString } from '@libp2p/peer-id'
import { deviceId, PorchlightError, type DeviceId } from '@porchlight/core'

/** Asking a relay for a place or a circuit; only relays answer it. */
export const hopProtocol = '/libp2p/circuit/relay/0.2.0/hop'
/** How a relay brings a circuit to the device that has a place on it. */
export const stopProtocol = '/libp2p/circuit/relay/0.2.0/stop'

/** Status codes of circuit relay v2. */
export const relayStatus = {
  ok: 100,
  reservationRefused: 200,
  resourceLimitExceeded: 201,
  permissionDenied: 202,
  connectionFailed: 203,
  noReservation: 204,
  malformedMessage: 400,
  unexpectedMessage: 401,
} as const

export type RelayStatus = (typeof relayStatus)[keyof typeof relayStatus]

/** The bytes by which messages of libp2p name a device: its multihash. */
export const deviceBytes = (device: DeviceId): Uint8Array => peerIdFromString(device).toMultihash().bytes

/** @throws `BAD_REQUEST` when it is not an Ed25519 device */
export function deviceFromBytes(bytes: Uint8Array): DeviceId {
  // An Ed25519 id is the identity multihash (code 0) of a public key message of 36 bytes.
  if (bytes.byteLength !== 38 || bytes[0] !== 0 || bytes[1] !== 36) throw new PorchlightError('BAD_REQUEST', 'not a device id')
  const own = Uint8Array.from(bytes)
  try {
    return deviceId(peerIdFromMultihash({ code: 0, size: 36, digest: own.subarray(2), bytes: own }).toString())
  } catch (cause) {
    throw new PorchlightError('BAD_REQUEST', 'not a device id', { cause })
  }
}
