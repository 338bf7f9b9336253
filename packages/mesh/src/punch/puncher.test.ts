import type { Connection, Libp2p, Stream } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import { deviceId, limits, type DeviceId } from '@porchlight/core'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { plainNode } from '../testing/plain-node.ts'
import { dcutrProtocol } from './dcutr.ts'
import { Puncher } from './puncher.ts'

const idOf = (node: Libp2p): DeviceId => deviceId(node.peerId.toString())

/** A connection as if it came through a relay. */
function relayed(connection: Connection): Connection {
  const device = connection.remotePeer.toString()
  const address = multiaddr(`/ip4/45.10.0.10/tcp/4001/p2p/${device}/p2p-circuit/p2p/${device}`)
  return new Proxy(connection, {
    get: (target, name) => (name === 'remoteAddr' ? address : bound(target, name)),
  })
}

function bound(target: object, name: string | symbol): unknown {
  const value = Reflect.get(target, name, target)
  return typeof value === 'function' ? value.bind(target) : value
}

/** A side of which the network is made up, and the streams between the two are not. */
class Side {
  readonly met: { address: string; localPort: number; initiator: boolean }[] = []
  readonly said: string[] = []
  readonly node: Libp2p
  readonly puncher: Puncher
  kept = true
  direct = false
  /** Whether the far side comes. */
  works = true

  constructor(node: Libp2p, host: string) {
    this.node = node
    this.puncher = new Puncher({
      own: idOf(node),
      isKept: () => this.kept,
      isDirect: () => this.direct,
      ends: async () => [{ address: `/ip4/${host}/tcp/61234`, localPort: 61_000 }],
      random: () => 0,
      log: (event, fields) => this.said.push(`${event} ${(fields['because'] ?? fields['error'] ?? '') as string}`.trim()),
      dials: {
        connect: async (address, { localPort, initiator }) => {
          this.met.push({ address: address.toString().replace(/\/p2p\/.*/, ''), localPort, initiator })
          if (!this.works) throw Object.assign(new Error('nobody'), { code: 'ENETUNREACH' })
          return { abort: () => {} } as never
        },
        upgrade: async () => {
          this.direct = true
          return { remoteAddr: multiaddr('/ip4/45.10.0.10/tcp/1') } as Connection
        },
      },
    })
  }
}

let [ana, ben]: Side[] = []
let [atAna, atBen]: Connection[] = []
beforeEach(async () => {
  ana = new Side(await plainNode(), '51.20.0.2')
  ben = new Side(await plainNode(), '62.30.0.2')
  for (const { node, puncher } of [ana, ben]) {
    await node.handle(dcutrProtocol, (stream, connection) => puncher.serve(stream, relayed(connection)), { maxInboundStreams: 16 })
  }
  const arrived = new Promise<Connection>((done) =>
    ben!.node.addEventListener('connection:open', ({ detail }) => done(detail), { once: true }),
  )
  atAna = relayed(await ana.node.dial(ben.node.getMultiaddrs()))
  atBen = relayed(await arrived)
})
afterEach(async () => {
  for (const side of [ana!, ben!]) {
    side.puncher.stop()
    await side.node.stop()
  }
})

test('the side that received a relayed connection begins, and both dial what the other named', async () => {
  ana!.puncher.onOpen(atAna!)
  ben!.puncher.onOpen(atBen!)
  await expect.poll(() => [ana!.direct, ben!.direct]).toEqual([true, true])
  expect(ana!.met).toEqual([{ address: '/ip4/62.30.0.2/tcp/61234', localPort: 61_000, initiator: true }])
  expect(ben!.met).toEqual([{ address: '/ip4/51.20.0.2/tcp/61234', localPort: 61_000, initiator: false }])
  expect(ben!.puncher.tried.of(idOf(ana!.node))).toEqual(['/ip4/51.20.0.2/tcp/61234'])
  expect([ana!.said, ben!.said].map((said) => said.filter((line) => !line.startsWith('punch.met')))).toEqual([
    ['punch.ended'],
    ['punch.ended'],
  ])
})

test('nothing begins over a direct connection, with a device that is direct already, or with one that is not kept', async () => {
  ben!.puncher.onOpen(await ben!.node.dial(ana!.node.getMultiaddrs()))
  ben!.direct = true
  ben!.puncher.onOpen(atBen!)
  ben!.direct = false
  ben!.kept = false
  await new Promise((done) => setTimeout(done, 50))
  expect([ana!.said, ben!.said]).toEqual([[], []])
})

test('a device that is kept only later is punched to then', async () => {
  ben!.kept = false
  ben!.puncher.onOpen(atBen!)
  await new Promise((done) => setTimeout(done, 20))
  ben!.kept = true
  ben!.puncher.wake(idOf(ana!.node))
  await expect.poll(() => [ana!.direct, ben!.direct]).toEqual([true, true])
})

test('who is not kept is told no address and dialled nowhere', async () => {
  ana!.kept = false
  ben!.puncher.onOpen(atBen!)
  await expect.poll(() => ana!.said).toEqual(['punch.refused not kept'])
  await expect.poll(() => ben!.said).toHaveLength(1)
  expect([...ana!.met, ...ben!.met]).toEqual([])
})

test('a device that asks is answered although it seems direct from here: the direct connection may be dead without our knowing', async () => {
  ana!.direct = true
  ben!.puncher.onOpen(atBen!)
  await expect.poll(() => ben!.direct).toBe(true)
  expect(ana!.met).toHaveLength(1)
})

test('a stream over a direct connection is refused', async () => {
  const stream = await ben!.node.getConnections()[0]!.newStream(dcutrProtocol)
  const [connection] = ana!.node.getConnections()
  await ana!.node.unhandle(dcutrProtocol)
  const closed = new Promise((done) => stream.addEventListener('close', done, { once: true }))
  const arrived = Promise.withResolvers<Stream>()
  await ana!.node.handle('/test/1', (each) => arrived.resolve(each))
  await ben!.node.getConnections()[0]!.newStream('/test/1')
  await ana!.puncher.serve(await arrived.promise, connection!)
  expect(ana!.said.at(-1)).toBe('punch.refused not relayed')
  stream.abort(new Error('over'))
  await closed
})

test('more than so many streams in a minute are refused', async () => {
  ana!.works = false
  for (let i = 0; i <= limits.punchAnswersPerMinute; i++) {
    const stream = await atBen!.newStream(dcutrProtocol, { maxOutboundStreams: 16 })
    await expect.poll(() => ana!.said.length + (stream.status === 'open' ? 1 : 0)).toBeGreaterThanOrEqual(i + 1)
    stream.abort(new Error('over'))
    await expect.poll(() => ana!.said).toHaveLength(i + 1)
  }
  expect(ana!.said.map((line) => line.includes('too often'))).toEqual([
    ...Array.from({ length: limits.punchAnswersPerMinute }, () => false),
    true,
  ])
})

test('two that begin at the same time agree on one punch, and each takes the other role', async () => {
  const [open] = ana!.node.getConnections()
  // A second relayed connection, dialled by the other side.
  const arrived = new Promise<Connection>((done) =>
    ana!.node.addEventListener('connection:open', ({ detail }) => done(detail), { once: true }),
  )
  await ben!.node.dial(ana!.node.getMultiaddrs(), { force: true })
  const second = relayed(await arrived)
  expect(open!.direction).toBe('outbound')
  ana!.puncher.onOpen(second)
  ben!.puncher.onOpen(atBen!)
  // Sooner than either would try again.
  await expect.poll(() => [ana!.direct, ben!.direct], { timeout: 2400 }).toEqual([true, true])
  const [roleOfAna, roleOfBen] = [ana!, ben!].map(({ met }) => met.at(-1)!.initiator)
  expect(roleOfAna).toBe(!roleOfBen)
})

test('a punch that failed is tried again after a pause, and not after the relayed connection has closed', async () => {
  ben!.works = false
  ana!.works = false
  ben!.puncher.onOpen(atBen!)
  await expect.poll(() => ben!.said, { timeout: 5000 }).toHaveLength(1)
  expect(ben!.met).toHaveLength(limits.punchAttempts)
  ben!.puncher.wake()
  await expect.poll(() => ben!.met, { timeout: 5000 }).toHaveLength(2 * limits.punchAttempts)
  ben!.puncher.onClose(atBen!)
  ben!.puncher.wake()
  await new Promise((done) => setTimeout(done, 50))
  expect(ben!.met).toHaveLength(2 * limits.punchAttempts)
})
