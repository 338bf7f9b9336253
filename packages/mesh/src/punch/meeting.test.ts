import { multiaddr } from '@multiformats/multiaddr'
import { deviceId, limits, PorchlightError, type DeviceId } from '@porchlight/core'
import { generateKey } from '@porchlight/wire'
import type { Connection } from '@libp2p/interface'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Joint } from '../testing/joint.ts'
import { noCircuits } from '../testing/no-circuits.ts'
import { libp2pNode, type Libp2pNode } from '../libp2p-node.ts'
import { meet } from './meeting.ts'
import { codeOf } from './punch-ports.ts'
import type { Target } from './punch-targets.ts'

const joints: Joint[] = []
let [one, two]: Libp2pNode[] = []
beforeEach(async () => {
  ;[one, two] = await Promise.all([1, 2].map(() => node()))
})
afterEach(async () => {
  await Promise.all([one!.libp2p.stop(), two!.libp2p.stop()])
  await Promise.all(joints.splice(0).map((joint) => joint.close()))
})

async function node(): Promise<Libp2pNode> {
  const made = await libp2pNode({ key: await generateKey(), listen: [], mdns: false, gate: () => ({ allow: false }) }, () => {}, noCircuits)
  await made.libp2p.start()
  return made
}

function joint(): Joint {
  const made = new Joint()
  joints.push(made)
  return made
}

const idOf = ({ libp2p }: Libp2pNode): DeviceId => deviceId(libp2p.peerId.toString())

/** One side of a meeting at the same addresses. */
function side(
  own: Libp2pNode,
  other: Libp2pNode,
  addresses: string[],
  initiator: boolean,
  signal = new AbortController().signal,
): Promise<Connection> {
  const localPort = own.punching.ports.first
  const targets: Target[] = addresses.map((address) => ({ address, localPort }))
  return meet({ device: idOf(other), targets, initiator, dials: own.punching.dials, random: Math.random, signal })
}

test('two that both dialled become one connection, with the roles that they agreed on', async () => {
  const address = await joint().open()
  const opened: Connection[] = []
  for (const { libp2p } of [one!, two!]) libp2p.addEventListener('connection:open', (event) => opened.push(event.detail))
  const [begun, answered] = await Promise.all([side(one!, two!, [address], true), side(two!, one!, [address], false)])
  expect(begun).toMatchObject({ direction: 'outbound', status: 'open' })
  expect(answered).toMatchObject({ direction: 'inbound', status: 'open' })
  expect(begun.remotePeer.equals(two!.libp2p.peerId)).toBe(true)
  expect(answered.remotePeer.equals(one!.libp2p.peerId)).toBe(true)
  expect(opened).toHaveLength(2)
  expect([one!.libp2p.getConnections().length, two!.libp2p.getConnections().length]).toEqual([1, 1])
  // Both ends carry streams.
  await two!.libp2p.handle('/test/1', (stream) => void stream.send(Uint8Array.of(7)))
  const stream = await begun.newStream('/test/1')
  const bytes = await new Promise<Uint8Array>((done) => stream.addEventListener('message', ({ data }) => done(data.subarray())))
  expect([...bytes]).toEqual([7])
})

test('what refuses at first is dialled again', async () => {
  const late = joint()
  const probe = joint()
  const address = await probe.open()
  await probe.close()
  joints.pop()
  const meeting = Promise.all([side(one!, two!, [address], true), side(two!, one!, [address], false)])
  await new Promise((done) => setTimeout(done, 2 * limits.punchAgainMs))
  await late.open('127.0.0.1', Number(/\d+$/.exec(address)![0]))
  await expect(meeting).resolves.toHaveLength(2)
})

test('of several addresses that meet, both sides keep the same one and close the others', async () => {
  const addresses = [await joint().open('::1'), await joint().open(), await joint().open()]
  const [begun, answered] = await Promise.all([side(one!, two!, addresses, true), side(two!, one!, addresses, false)])
  const port = (connection: Connection): string => connection.remoteAddr.decapsulate('/p2p').toString()
  expect(port(begun)).toBe(port(answered))
  await expect.poll(() => [one!, two!].map(({ libp2p }) => libp2p.getConnections().length)).toEqual([1, 1])
  expect([begun.status, answered.status]).toEqual(['open', 'open'])
})

test('whoever answers there with another key is not met', async () => {
  const address = await joint().open()
  const stranger = await node()
  const [begun, answered] = await Promise.allSettled([side(one!, two!, [address], true), side(stranger, one!, [address], false)])
  expect(begun).toMatchObject({ status: 'rejected', reason: { code: 'UNREACHABLE' } })
  expect(answered.status).toBe('rejected')
  await stranger.libp2p.stop()
})

test('two that both would begin do not meet', async () => {
  const address = await joint().open()
  const both = await Promise.allSettled([side(one!, two!, [address], true), side(two!, one!, [address], true)])
  expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
})

test('an address that refuses is dialled a bounded number of times, and one that cannot be dialled once', async () => {
  for (const [code, expected] of [
    ['ECONNREFUSED', limits.punchDials],
    ['EADDRNOTAVAIL', 1],
    ['ENETUNREACH', 1],
  ] as const) {
    let dials = 0
    const connect = async (): Promise<never> => {
      dials++
      throw Object.assign(new Error(code), { code })
    }
    const targets = [{ address: '/ip4/45.10.0.10/tcp/4242', localPort: 61_000 }]
    const options = { device: idOf(two!), targets, initiator: true, random: () => 0, signal: new AbortController().signal }
    await expect(meet({ ...options, dials: { connect, upgrade: connect } })).rejects.toMatchObject({ code: 'UNREACHABLE' })
    expect(dials).toBe(expected)
  }
})

/** Sockets that are open at once, and handshakes that end when told. */
function handshakes(count: number, initiator: boolean) {
  const begun: { host: string; signal: AbortSignal; outcome: PromiseWithResolvers<Connection> }[] = []
  const meeting = meet({
    device: idOf(two!),
    targets: Array.from({ length: count }, (_, i) => ({ address: `/ip4/45.10.0.${i}/tcp/4242`, localPort: 61_000 })),
    initiator,
    random: () => 0,
    signal: new AbortController().signal,
    dials: {
      connect: async (address) => ({ address }) as never,
      upgrade: (socket, { signal }) => {
        const outcome = Promise.withResolvers<Connection>()
        signal.addEventListener('abort', () => outcome.reject(signal.reason as Error))
        begun.push({ host: (socket as unknown as { address: { toString(): string } }).address.toString().split('/')[2]!, signal, outcome })
        return outcome.promise
      },
    },
  })
  return { begun, meeting }
}

test('the initiator tries one open socket after another, so that both sides end with the same', async () => {
  const { begun, meeting } = handshakes(3, true)
  await expect.poll(() => begun).toHaveLength(1)
  begun[0]!.outcome.reject(new Error('wrong key'))
  await expect.poll(() => begun).toHaveLength(2)
  const made = {} as Connection
  begun[1]!.outcome.resolve(made)
  await expect(meeting).resolves.toBe(made)
  expect(begun.slice(2).every(({ signal }) => signal.aborted)).toBe(true)
})

test('the responder answers on all open sockets and gives up the others when one has worked', async () => {
  const { begun, meeting } = handshakes(3, false)
  await expect.poll(() => begun.map(({ host }) => host)).toEqual(['45.10.0.0', '45.10.0.1', '45.10.0.2'])
  const made = {} as Connection
  begun[1]!.outcome.resolve(made)
  await expect(meeting).resolves.toBe(made)
  expect([begun[0]!, begun[2]!].map(({ signal }) => signal.aborted)).toEqual([true, true])
})

test('a meeting that is called off ends at once and leaves no socket', async () => {
  const silent = joint()
  const address = await silent.open()
  const off = new AbortController()
  const meeting = side(one!, two!, [address], true, off.signal)
  await expect.poll(() => silent.dials).toBe(1)
  off.abort(new PorchlightError('CLOSED', 'off'))
  await expect(meeting).rejects.toMatchObject({ code: 'CLOSED' })
  expect(one!.sockets.countFrom('127.0.0.1')).toBe(0)
})

test('a raw dial uses the port that it is given and says why it cannot', async () => {
  const [here, taken] = [joint(), joint()]
  const address = await here.open()
  const localPort = Number(/\d+$/.exec(await taken.open())![0])
  const dial = one!.punching.dials.connect(multiaddr(address), { localPort, initiator: true, signal: AbortSignal.timeout(1000) })
  await expect(dial.then(() => 'open', codeOf)).resolves.toBe('EADDRINUSE')
})
