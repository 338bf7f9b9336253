import { multiaddr } from '@multiformats/multiaddr'
import { limits, PorchlightError } from '@porchlight/core'
import { generateKey, type SigningKey } from '@porchlight/wire'
import { afterEach, describe, expect, test } from 'vitest'
import type { Mesh, MeshOptions } from '../mesh.ts'
import { codeOf, loopbackMesh, openGate, until } from '../testing/loopback.ts'
import { plainRelayed } from '../testing/plain-relay.ts'
import { pushToSilentHome } from '../testing/raw-circuit.ts'
import { held, lease, openRules, trio } from '../testing/relayed.ts'
import { stopProtocol } from './relay-protocol.ts'

const open: Mesh[] = []
const made = (mesh: Mesh): void => void open.push(mesh)
afterEach(async () => {
  await Promise.all(open.splice(0).map((mesh) => mesh.stop()))
})

const request = { protocol: '/test/echo/1', method: 'echo', payload: new Uint8Array([1, 2, 3]) }

describe('a home that listens nowhere', () => {
  test('is called through its relay, by its address alone', async () => {
    const { relay, home, caller } = await trio(made)
    expect(home.addresses()).toEqual([`${relay.addresses()[0]}/p2p-circuit/p2p/${home.device}`])
    const call = await caller.call(home.device, request)
    expect([...(await call.result())]).toEqual([1, 2, 3])
    expect(caller.connections()).toContainEqual(
      expect.objectContaining({ device: home.device, relayed: true, relay: relay.device, direction: 'outbound' }),
    )
    expect(home.connections()).toContainEqual(
      expect.objectContaining({ device: caller.device, relayed: true, relay: relay.device, direction: 'inbound' }),
    )
    expect(relay.relaying.clients()).toMatchObject([{ device: home.device, circuits: 1 }])
  })

  test('calls back over the circuit that the other side opened', async () => {
    const { home, caller } = await trio(made)
    await until(caller, () => caller.isConnected(home.device))
    await until(home, () => home.isConnected(caller.device))
    const answer = home.call(caller.device, request).then((call) => call.result())
    await expect(answer).rejects.toMatchObject({ code: 'DENIED' })
  })
})

/** A mesh that comes back on the same port with the same key. */
async function restarted(old: Mesh, key: SigningKey): Promise<Mesh> {
  const listen = [old.addresses()[0]!.replace(/\/p2p\/.*/, '')]
  await old.stop()
  const mesh = await loopbackMesh({ key, listen, relay: openRules() })
  made(mesh)
  return mesh
}

async function start(options: Partial<MeshOptions> = {}): Promise<Mesh> {
  const mesh = await loopbackMesh(options)
  made(mesh)
  return mesh
}

const stateOf = (home: Mesh, relay: Mesh): string | undefined => home.reservations().find((place) => place.relay === relay.device)?.state

describe('a place on a relay', () => {
  test('is there again after the relay restarted, and calls get through', async () => {
    const key = await generateKey()
    const { relay, home, caller } = await trio(made, { key })
    await (await caller.call(home.device, request)).result()
    const again = await restarted(relay, key)
    await until(home, () => stateOf(home, relay) !== 'held' || again.relaying.clients().length > 0)
    await until(home, () => stateOf(home, relay) === 'held')
    await until(caller, () => caller.isConnected(home.device))
    expect(Array.from(await (await caller.call(home.device, request)).result())).toEqual([1, 2, 3])
    expect(again.relaying.clients()).toMatchObject([{ device: home.device }])
  })

  test('comes when the relay comes, and a relay that is down at the start does not stop a node', async () => {
    const key = await generateKey()
    const gone = await start({ key })
    const addresses = gone.addresses()
    await gone.stop()
    const home = await start({ listen: [] })
    home.useRelays([{ device: gone.device, addresses }])
    await until(home, () => stateOf(home, gone) === 'unreachable')
    const relay = await start({ key, listen: [addresses[0]!.replace(/\/p2p\/.*/, '')], relay: openRules() })
    await held(home, relay.device)
  })

  test('is refused to whom the rules do not name, and is there once they do, without anybody asking', async () => {
    const relay = await start({ relay: openRules({ mayReserve: () => false }) })
    const home = await start({ listen: [] })
    home.useRelays([{ device: relay.device, addresses: relay.addresses() }])
    await until(home, () => stateOf(home, relay) === 'refused')
    expect(home.addresses()).toEqual([])
    expect(relay.relaying.clients()).toEqual([])
    await relay.relaying.start(openRules())
    home.useRelays([{ device: relay.device, addresses: [] }])
    await held(home, relay.device)
  })

  test('goes with the relay that is switched off, and comes when it is switched on, over the same connection', async () => {
    const { relay, home } = await trio(made)
    const since = home.connections().find(({ device }) => device === relay.device)?.sinceMs
    await relay.relaying.stop()
    await until(home, () => stateOf(home, relay) === 'refused')
    expect(home.addresses()).toEqual([])
    await relay.relaying.start(openRules())
    await held(home, relay.device)
    expect(home.connections().find(({ device }) => device === relay.device)?.sinceMs).toBe(since)
  })

  test('is free again as soon as its device is gone', async () => {
    const { relay, home } = await trio(made)
    expect(relay.relaying.clients()).toHaveLength(1)
    await home.stop()
    await until(relay, () => !relay.isConnected(home.device))
    expect(relay.relaying.clients()).toEqual([])
  })

  test('is kept on three relays, and on a fourth when one of them goes', async () => {
    const relays = await Promise.all(Array.from({ length: 4 }, () => start({ relay: openRules() })))
    const home = await start({ listen: [] })
    home.useRelays(relays.map((relay) => ({ device: relay.device, addresses: relay.addresses() })))
    await until(home, () => home.reservations().filter(({ state }) => state === 'held').length === 3)
    expect(stateOf(home, relays[3]!)).toBe('spare')
    expect(home.addresses()).toHaveLength(3)
    await relays[1]!.stop()
    await until(home, () => stateOf(home, relays[3]!) === 'held')
    expect(home.addresses().join()).toContain(relays[3]!.device)
  })

  test('that is given up is given back, and its relay is let go', async () => {
    const { relay, home } = await trio(made)
    home.useRelays([])
    expect([home.reservations(), home.addresses()]).toEqual([[], []])
    await until(relay, () => !relay.isConnected(home.device))
    expect(relay.relaying.clients()).toEqual([])
  })
})

describe('a relay whose rules change', () => {
  test('ends a circuit in the tick in which its lease ends, and refuses the next', async () => {
    const ending = new AbortController()
    const leases = { carry: () => (ending.signal.aborted ? undefined : lease({ signal: ending.signal })) }
    const { relay, home, caller } = await trio(made, { rules: openRules(leases) })
    await (await caller.call(home.device, request)).result()
    const from = performance.now()
    ending.abort(new PorchlightError('GRANT_ENDED', 'revoked'))
    expect(relay.relaying.clients()).toHaveLength(1)
    await until(caller, () => !caller.isConnected(home.device))
    await until(home, () => !home.isConnected(caller.device))
    expect(performance.now() - from).toBeLessThan(1000)
    expect(await codeOf(caller.call(home.device, { ...request, deadlineMs: 1000 }))).toBe('UNREACHABLE')
    await expect.poll(() => relay.relaying.clients()).toMatchObject([{ circuits: 0 }])
  })

  test('ends the places that they allow no more when they are reviewed, circuits and all', async () => {
    const allowed = new Set<string>()
    const { relay, home, caller } = await trio(made, {
      rules: openRules({ mayReserve: (device) => allowed.size === 0 || allowed.has(device) }),
    })
    await (await caller.call(home.device, request)).result()
    allowed.add('somebody else')
    relay.relaying.review()
    expect(relay.relaying.clients()).toEqual([])
    await until(caller, () => !caller.isConnected(home.device))
    expect(relay.isConnected(home.device)).toBe(true)
  })

  test('tells the account of both sides: the relay, for whom it carried; the home, through whom', async () => {
    const { relay, home, caller } = await trio(made)
    await (await caller.call(home.device, { ...request, payload: new Uint8Array(500_000) })).result()
    const [carried] = relay.relaying.clients()
    const [through] = home.reservations()
    expect(carried?.carriedBytes).toBeGreaterThan(1_000_000)
    expect(Math.abs(carried!.carriedBytes - through!.carriedBytes)).toBeLessThan(10_000)
  })
})

test('a home that reads nothing costs its relay no more than two buffers, and others are carried meanwhile', async () => {
  const { relay, home, caller } = await trio(made)
  const [pusher, silent] = [await plainRelayed({ listen: [] }), await plainRelayed({ listen: [] })]
  const taken = await pushToSilentHome({ caller: pusher, home: silent, relay: relay.addresses().map((address) => multiaddr(address)) })
  expect(taken).toBeLessThan(2 * (limits.readBufferBytes + limits.writeBufferBytes))
  expect((await (await caller.call(home.device, request)).result()).byteLength).toBe(3)
  await Promise.all([pusher.stop(), silent.stop()])
}, 30_000)

describe('a home that does not know who calls', () => {
  test('takes two at once, and pays for nobody whom it turned away', async () => {
    const known = new Set<string>()
    const [charged, over] = [[] as number[], [] as string[]]
    const carry = () => lease({ charge: (sent, received) => void charged.push(sent + received), done: () => void over.push('over') })
    let admitted = 0
    const rules = openRules({ carry: () => (admitted++, carry()) })
    const { home, caller } = await trio(made, { rules, home: { isKnown: (device) => known.has(device) } })
    await until(home, () => home.isConnected(caller.device))
    const [second, third, contact] = [await start({ listen: [] }), await start({ listen: [] }), await start({ listen: [] })]
    second.keep(home.device, home.addresses())
    await until(home, () => home.isConnected(second.device))
    third.keep(home.device, home.addresses())
    expect(await codeOf(third.call(home.device, { ...request, deadlineMs: 2000 }))).toBe('UNREACHABLE')
    expect([admitted, over]).toEqual([2, []])
    known.add(contact.device)
    contact.keep(home.device, home.addresses())
    expect((await (await contact.call(home.device, request)).result()).byteLength).toBe(3)
    expect(admitted).toBe(3)
    await caller.stop()
    await expect.poll(() => over).toEqual(['over'])
  })

  test('is asked by its relay for one who keeps coming a few times, and then no more', async () => {
    let declined = 0
    const log = (event: string): void => void (event === 'relay.stranger-declined' && declined++)
    const { relay, home, caller } = await trio(made, { home: { isKnown: () => false, log } })
    const second = await start({ listen: [] })
    second.keep(home.device, home.addresses())
    await until(home, () => home.isConnected(caller.device) && home.isConnected(second.device))
    const insistent = await plainRelayed({ listen: [] })
    await insistent.dial(multiaddr(relay.addresses()[0]))
    for (let n = 0; n < 2 * limits.relayDeclines; n++) await insistent.dial(multiaddr(home.addresses()[0])).catch(() => {})
    await insistent.stop()
    expect(declined).toBe(limits.relayDeclines)
  })

  test('ends the circuit of a stranger who sends much, at a bounded cost, and that of a contact never', async () => {
    const known = new Set<string>()
    let charged = 0
    const rules = openRules({ carry: () => lease({ charge: (sent, received) => void (charged += sent + received) }) })
    const { home, caller } = await trio(made, { rules, home: { isKnown: (device) => known.has(device) } })
    const payload = new Uint8Array(900_000)
    const call = caller.call(home.device, { ...request, payload, deadlineMs: 3000 }).then((open) => open.result())
    await expect(call).rejects.toMatchObject({ code: expect.stringMatching(/CLOSED|UNREACHABLE|TIMEOUT/) })
    expect(charged).toBeGreaterThan(limits.strangerCircuitBytes)
    expect(charged).toBeLessThan(600 * 1024)
    known.add(caller.device)
    await expect
      .poll(async () => (await (await caller.call(home.device, { ...request, payload })).result()).byteLength)
      .toBe(payload.length)
  })
})

describe('the STOP guard', () => {
  test('takes no circuit from a device on which there is no place', async () => {
    const stranger = await plainRelayed({ isRelay: true })
    const home = await start({ gate: openGate({ echo: async (call) => call.payload }) })
    const connection = await stranger.dial(multiaddr(home.addresses()[0]))
    const stream = await connection.newStream(stopProtocol)
    await expect.poll(() => stream.status).toBe('reset')
    expect(stranger.services.relay?.reservations.size).toBe(0)
    expect(home.addresses().join()).not.toContain('p2p-circuit')
    await stranger.stop()
  })
})

test('ten that dial at once through one relay all get through', async () => {
  const { home, caller } = await trio(made)
  const callers = [caller, ...(await Promise.all(Array.from({ length: 9 }, () => start({ listen: [] }))))]
  const answers = callers.map(async (mesh) => {
    mesh.keep(home.device, home.addresses())
    return (await (await mesh.call(home.device, request)).result()).byteLength
  })
  expect(await Promise.all(answers)).toEqual(Array.from({ length: 10 }, () => 3))
})
