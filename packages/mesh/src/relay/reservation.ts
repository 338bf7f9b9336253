import type { Connection } from '@libp2p/interface'
import { multiaddr, type Multiaddr } from '@multiformats/multiaddr'
import { limits, PorchlightError, type DeviceId } from '@porchlight/core'
import { circuitMessages as messages } from '@porchlight/wire'
import { MuxedByteStream } from '../calls/muxed-byte-stream.ts'
import type { GateConnection } from '../calls/gate-connection.ts'
import { dialable, isInside } from '../paths/addresses.ts'
import { throughRelay } from './circuit-addresses.ts'
import { MessageStream } from './message-stream.ts'
import { hopProtocol, relayStatus } from './relay-protocol.ts'

const loopback = /^\/(ip4\/127\.|ip6\/::1\/)/

/**
 * Asks a relay for a place, or for more time.
 *
 * @param carrier  a direct connection to it
 * @returns        addresses under which others reach us through it, with `/p2p-circuit` at the end
 * @throws         `DENIED` when it says no or is no relay, otherwise `CLOSED`, `TIMEOUT`, `BAD_REQUEST`
 * @see            https://github.com/libp2p/specs/blob/master/relay/circuit-v2.md#reservation
 */
export async function reserveOn(carrier: GateConnection, signal: AbortSignal): Promise<string[]> {
  const { connection, turns } = carrier
  const stream = await connection.newStream(hopProtocol, { signal, maxOutboundStreams: limits.relayHopStreams }).catch((cause: unknown) => {
    const isNoRelay = cause instanceof Error && cause.name === 'UnsupportedProtocolError'
    throw new PorchlightError(isNoRelay ? 'DENIED' : 'CLOSED', isNoRelay ? 'the device is no relay' : 'no stream to the relay opens', {
      cause,
    })
  })
  const hop = new MessageStream(new MuxedByteStream(stream, turns))
  const giveUp = (): void => hop.abort(new PorchlightError('TIMEOUT', 'the relay did not answer in time'))
  signal.addEventListener('abort', giveUp, { once: true })
  try {
    await hop.writeMessage(messages.Hop, { type: messages.Hop.Type.RESERVE })
    const { status, reservation } = await hop.readMessage(messages.Hop)
    await hop.closeWrite()
    if (status !== relayStatus.ok || !reservation) throw new PorchlightError('DENIED', `the relay answered with status ${status}`)
    const said = reservation.addrs.flatMap((bytes) => addressOf(bytes))
    return placesOf(connection, said)
  } catch (error) {
    hop.abort(error instanceof Error ? error : new Error(String(error)))
    throw error
  } finally {
    signal.removeEventListener('abort', giveUp)
  }
}

function addressOf(bytes: Uint8Array): Multiaddr[] {
  try {
    return [multiaddr(bytes)]
  } catch {
    return []
  }
}

/**
 * Where others find the relay: first where we found it, then what it says of itself, and what is of a LAN last, for in another house that is
 * nowhere. A relay on loopback is for this machine alone; one that
 * we reach elsewhere cannot send our contacts to their own machines.
 */
export function placesOf(connection: Pick<Connection, 'remotePeer' | 'remoteAddr' | 'direction'>, said: readonly Multiaddr[]): string[] {
  const relay = connection.remotePeer.toString() as DeviceId
  const dialled = connection.direction === 'outbound' ? [connection.remoteAddr] : []
  const isLocal = loopback.test(connection.remoteAddr.toString())
  const plain = [...dialled, ...said].flatMap((address) => dialable(address.toString(), relay, false) ?? [])
  return [...new Set(plain)]
    .filter((address) => loopback.test(address) === isLocal)
    .toSorted((one, other) => Number(isInside(one)) - Number(isInside(other)))
    .slice(0, limits.relayAddresses)
    .map((address) => throughRelay(multiaddr(`${address}/p2p/${relay}`)))
}
