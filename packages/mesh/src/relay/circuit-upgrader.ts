import type { MultiaddrConnection, Upgrader } from '@libp2p/interface'
import { multiaddr, type Multiaddr } from '@multiformats/multiaddr'
import { deviceId, type DeviceId } from '@porchlight/core'
import { answering, guardNegotiation, proposing, type Guarded } from '../guards/negotiation-guard.ts'
import { relayOf } from '../paths/relayed.ts'
import type { StrangerCircuits } from './stranger-circuits.ts'

/** The steps through which the bytes of a circuit go. */
type OpenCircuit = MultiaddrConnection & Guarded & { sendData(data: { byteLength: number }): unknown }

/**
 * The upgrader as circuits see it: their handshake is guarded like that of a socket, and a host is not counted for what a relay there brings.
 *
 * @param carried    called with the bytes of a circuit that a relay brought to us, in either direction
 * @param strangers  bounds those of devices that we do not know
 */
export function circuitUpgrader(
  upgrader: Upgrader,
  carried: (relay: DeviceId, bytes: number) => void,
  strangers: Pick<StrangerCircuits, 'bound'>,
): Upgrader {
  const encrypters = (): string[] => [...upgrader.getConnectionEncrypters().keys()]
  return new Proxy(upgrader, {
    get(target, name) {
      const value = Reflect.get(target, name)
      if (typeof value !== 'function') return value
      if (name !== 'upgradeInbound' && name !== 'upgradeOutbound') return value.bind(target)
      return (circuit: OpenCircuit, ...rest: unknown[]) => {
        const isInbound = name === 'upgradeInbound'
        const relay = relayOf(circuit.remoteAddr)
        // Before the guard, which puts back what it found.
        if (isInbound && relay !== undefined) {
          const caller = callerOf(circuit.remoteAddr)
          const bounded = caller && strangers.bound(circuit, caller)
          count(circuit, (bytes) => {
            carried(relay, bytes)
            bounded?.(bytes)
          })
        }
        guardNegotiation(circuit, isInbound ? answering(encrypters) : proposing())
        if (!isInbound) return value.call(target, circuit, ...rest)
        return uncounted(circuit, () => value.call(target, circuit, ...rest) as unknown)
      }
    },
  })
}

/** The device that a circuit comes from, as the relay says, which noise then proves or does not. */
const callerOf = (circuit: Multiaddr): DeviceId | undefined => {
  const caller = /\/p2p-circuit\/p2p\/([^/]+)$/.exec(circuit.toString())?.[1]
  return caller === undefined ? undefined : deviceId(caller)
}

function count(circuit: OpenCircuit, counted: (bytes: number) => void): void {
  const [onData, sendData] = [circuit.onData, circuit.sendData]
  circuit.onData = (data) => {
    counted(data.byteLength)
    onData.call(circuit, data)
  }
  circuit.sendData = (data) => {
    counted(data.byteLength)
    return sendData.call(circuit, data)
  }
}

/**
 * libp2p bounds connections from one IP address in its first, synchronous step, and takes a circuit for a connection from its relay's:
 * eight contacts that dial at once through one relay would be refused. While it looks, the circuit has no IP address.
 */
function uncounted<T>(circuit: OpenCircuit, begin: () => T): T {
  const { remoteAddr } = circuit
  const text = remoteAddr.toString()
  circuit.remoteAddr = multiaddr(text.slice(Math.max(0, text.indexOf('/p2p/'))))
  try {
    return begin()
  } finally {
    circuit.remoteAddr = remoteAddr
  }
}
