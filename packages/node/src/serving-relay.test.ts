import type { DhtMode, Mesh } from '@porchlight/mesh'
import { expect, test } from 'vitest'
import { placesOfServer, relayThatServes } from './serving-relay.ts'

async function modes(serves: boolean): Promise<{ modes: DhtMode[]; calls: string[] }> {
  const [seen, calls]: [DhtMode[], string[]] = [[], []]
  const mesh = {
    relaying: {
      isOn: false,
      start: async () => void calls.push('start'),
      stop: async () => void calls.push('stop'),
      review: () => {},
      clients: () => [],
    },
    rendezvous: { setMode: async (mode: DhtMode) => void seen.push(mode) },
  } as unknown as Mesh
  const relay = relayThatServes(mesh, serves)
  await relay.start({} as never)
  await relay.stop()
  return { modes: seen, calls }
}

test('a relay serves the address book from its first word to its last', async () => {
  expect(await modes(false)).toEqual({ modes: ['server', 'client'], calls: ['start', 'stop'] })
})

test('a node that is to serve it anyhow goes on when it is no relay any more', async () => {
  expect(await modes(true)).toEqual({ modes: ['server'], calls: ['start', 'stop'] })
})

test.each([
  ['server', ['/ip4/192.0.2.1/tcp/1/p2p/me']],
  ['client', []],
] as const)('an invite of a %s names its own addresses as places to join: %j', (mode, places) => {
  const addresses = (): string[] => ['/ip4/192.0.2.1/tcp/1/p2p/me', '/ip4/192.0.2.2/tcp/1/p2p/relay/p2p-circuit/p2p/me']
  const mesh = { addresses, rendezvous: { status: () => ({ mode }) } } as unknown as Mesh
  expect(placesOfServer(mesh)).toEqual(places)
})
