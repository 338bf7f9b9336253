import type { Upgrader } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import { expect, test } from 'vitest'
import { circuitUpgrader } from './circuit-upgrader.ts'

const relay = '12D3KooWGEtL22L6rf86nZjAFH5ZCQpUcB6y575CXRSzBP6vZAAJ'
const caller = '12D3KooWGxoaRBPMN1Sshtiu8AAJ7CLJWQijVD5z1w6EAoeeXVnG'
const address = multiaddr(`/ip4/192.0.2.1/tcp/4242/p2p/${relay}/p2p-circuit/p2p/${caller}`)

function circuit(): {
  remoteAddr: typeof address
  aborted: unknown
  onData(data: Uint8Array): void
  sendData(data: Uint8Array): void
  abort(e: unknown): void
} {
  return {
    remoteAddr: address,
    aborted: undefined,
    onData: () => {},
    sendData: () => {},
    abort(error) {
      this.aborted = error
    },
  }
}

const strangers = { bound: () => undefined }

const upgraderThat = (looks: (connection: { remoteAddr: typeof address }) => void): Upgrader =>
  ({
    getConnectionEncrypters: () => new Map([['/noise', {}]]),
    upgradeInbound: async (connection: never) => looks(connection),
    upgradeOutbound: async (connection: never) => looks(connection),
  }) as unknown as Upgrader

test('a circuit has no IP address while libp2p counts connections by host, and its own before and after', async () => {
  const seen: string[] = []
  const made = circuit()
  const upgrader = circuitUpgrader(
    upgraderThat(({ remoteAddr }) => seen.push(String(remoteAddr))),
    () => {},
    strangers,
  )
  const upgraded = upgrader.upgradeInbound(made as never, {} as never)
  expect(String(made.remoteAddr)).toBe(String(address))
  await upgraded
  expect(seen).toEqual([`/p2p/${relay}/p2p-circuit/p2p/${caller}`])
})

test('bytes of a circuit that was brought to us count for its relay, both ways; of one that we opened they do not', async () => {
  const counted: unknown[] = []
  const upgrader = circuitUpgrader(
    upgraderThat(() => {}),
    (by, bytes) => counted.push([by, bytes]),
    strangers,
  )
  const [inbound, outbound] = [circuit(), circuit()]
  await upgrader.upgradeInbound(inbound as never, {} as never)
  await upgrader.upgradeOutbound(outbound as never, {} as never)
  for (const made of [inbound, outbound]) {
    made.onData(Uint8Array.of(1, 2))
    made.sendData(Uint8Array.of(1, 2, 3))
  }
  expect(counted).toEqual([
    [relay, 2],
    [relay, 3],
  ])
})

test('an endless length prefix ends a circuit as it ends a socket', async () => {
  const made = circuit()
  await circuitUpgrader(
    upgraderThat(() => {}),
    () => {},
    strangers,
  ).upgradeInbound(made as never, {} as never)
  made.onData(new Uint8Array(4096).fill(0x80))
  expect(made.aborted).toMatchObject({ code: 'TOO_LARGE' })
})
