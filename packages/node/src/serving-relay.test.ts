import { decodeInvite } from '@porchlight/identity'
import type { DhtMode, Mesh } from '@porchlight/mesh'
import { expect, test } from 'vitest'
import { placesOfServer, relayThatServes } from './serving-relay.ts'
import { Street } from './testing/street.ts'

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

const places = (mode: DhtMode, addresses: readonly string[], announced: readonly string[] = []): string[] =>
  placesOfServer({ addresses: () => [...addresses], rendezvous: { status: () => ({ mode }) } } as unknown as Mesh, announced)

const [lan, wan] = ['/ip4/192.168.1.10/tcp/1/p2p/me', '/ip4/51.20.0.2/tcp/1/p2p/me']

test('an invite of a home that serves the address book names the public address that contacts got through to, however many others it has', () => {
  const inner = [lan, '/ip4/172.17.0.1/tcp/1/p2p/me', '/ip4/100.64.1.2/tcp/1/p2p/me', '/ip6/fd00::1/tcp/1/p2p/me']
  expect(places('server', [...inner, `${wan.replace('me', 'relay')}/p2p-circuit/p2p/me`, wan])).toEqual([wan])
})

test('one that serves none names itself never', () => {
  expect(places('client', [wan], ['/ip4/51.20.0.2/tcp/1'])).toEqual([])
})

test('what was announced by hand is named first, also when it is not of the internet, and a name is not: nobody would take it', () => {
  const vpn = '/ip4/10.8.0.1/tcp/1'
  expect(places('server', [wan, lan, '/dns4/home.example/tcp/1/p2p/me', `${vpn}/p2p/me`], [vpn, '/dns4/home.example/tcp/1'])).toEqual([
    `${vpn}/p2p/me`,
    wan,
  ])
})

test('the link of a serving home with an announced address has it as a place to join', async () => {
  await using street = await Street.make()
  const announce = ['/ip4/51.20.0.2/tcp/4101']
  const ana = await street.start('ana', { dht: 'server', announce })
  const { bootstraps, device } = decodeInvite((await ana.createInvite()).link, 0)
  expect(bootstraps).toEqual([`/ip4/51.20.0.2/tcp/4101/p2p/${device}`])
})
