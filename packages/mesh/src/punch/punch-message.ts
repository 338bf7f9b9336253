import { multiaddr } from '@multiformats/multiaddr'
import { limits, PorchlightError } from '@porchlight/core'
import { punchMessages, type Bytes } from '@porchlight/wire'

/** One message of `/libp2p/dcutr`, read. */
export interface PunchMessage {
  readonly type: 'CONNECT' | 'SYNC'
  /** Multiaddrs as text, in the sender's order; what is no multiaddr is left out. */
  readonly addresses: readonly string[]
}

const { Type } = punchMessages.HolePunch

/** The bytes of a message without its length. */
export function encodePunchMessage({ type, addresses }: PunchMessage): Uint8Array {
  return punchMessages.HolePunch.encode({ type: Type[type], obsAddrs: addresses.map((address) => multiaddr(address).bytes) })
}

/** @throws `TOO_LARGE`, or `BAD_REQUEST` for what is no message of the protocol */
export function decodePunchMessage(bytes: Bytes): PunchMessage {
  if (bytes.byteLength > limits.punchMessageBytes) {
    throw new PorchlightError('TOO_LARGE', `punch message of ${bytes.byteLength} bytes, limit ${limits.punchMessageBytes}`)
  }
  const { type, obsAddrs } = decoded(bytes)
  if (type !== Type.CONNECT && type !== Type.SYNC) throw new PorchlightError('BAD_REQUEST', 'punch message of no known type')
  return { type, addresses: obsAddrs.flatMap((address) => readable(address) ?? []) }
}

function decoded(bytes: Bytes): punchMessages.HolePunch {
  try {
    return punchMessages.HolePunch.decode(bytes)
  } catch (cause) {
    throw new PorchlightError('BAD_REQUEST', 'punch message that does not decode', { cause })
  }
}

function readable(address: Uint8Array): string | undefined {
  if (address.byteLength === 0) return undefined
  try {
    return multiaddr(address).toString()
  } catch {
    return undefined
  }
}
