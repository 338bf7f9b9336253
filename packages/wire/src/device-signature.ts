import { verify } from 'node:crypto'
import type { DeviceId } from '@porchlight/core'
import { base58btc } from 'multiformats/bases/base58'
import { signerKey } from './signer-keys.ts'

/** An identity multihash of 36 bytes: that is what the id of an Ed25519 key is (peer-ids spec). */
const idPrefix = [0x00, 0x24] as const
/** Type Ed25519 and 32 bytes of data, in libp2p's protobuf form of a key. */
const keyPrefixBytes = 4

function keyProtobufOf(device: DeviceId): Uint8Array | undefined {
  let id
  try {
    id = base58btc.decode(`z${device}`)
  } catch {
    return undefined
  }
  return id[0] === idPrefix[0] && id[1] === idPrefix[1] && id.byteLength === 38 ? id.subarray(2) : undefined
}

/** The 32 bytes of a device's Ed25519 key, which its id carries whole; `undefined` for an id of another kind or of a key that is not sound. */
export function soundKeyOf(device: DeviceId): Uint8Array | undefined {
  const protobuf = keyProtobufOf(device)
  if (protobuf === undefined || typeof signerKey(protobuf) === 'string') return undefined
  return protobuf.slice(keyPrefixBytes)
}

/** Whether the device signed exactly these bytes. For texts that are no envelope, such as signed notes; never throws. */
export function signedByDevice(device: DeviceId, bytes: Uint8Array, signature: Uint8Array): boolean {
  const protobuf = keyProtobufOf(device)
  const signer = protobuf && signerKey(protobuf)
  return signer !== undefined && typeof signer !== 'string' && verify(null, bytes, signer.key, signature)
}
