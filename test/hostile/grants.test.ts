import { grantType, receiptType, renounceType, revokeType, type GrantBody } from '@porchlight/consent'
import type { HouseholdNode } from '@porchlight/node'
import { openStore } from '@porchlight/store'
import { deviceIdOf, open, seal } from '@porchlight/wire'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { openFrame } from '../stranger/stranger.ts'
import { Attacker, noted, refused } from './attacker.ts'
import { agree, hall, hallManifest, pair, serveHall, Street } from './victim.ts'

const look = { protocol: hall.id, method: 'look', location: 'photos' }

describe('a contact whose device runs a program of its own', () => {
  let street: Street
  let ben: HouseholdNode
  let ana: HouseholdNode
  let mal: HouseholdNode
  let seen: ReturnType<typeof serveHall>
  let address: string

  beforeEach(async () => {
    street = await Street.make()
    ;[ben, ana, mal] = [await street.start('ben'), await street.start('ana'), await street.start('mal')]
    seen = serveHall(ben)
    for (const guest of [ana, mal]) guest.knowManifest(hallManifest)
    await pair(ben, ana, { guest: 'ana', owner: 'ben' })
    await pair(ben, mal, { guest: 'mal', owner: 'ben' })
    address = ben.status().addresses[0]!
  })
  afterEach(() => street[Symbol.asyncDispose]())

  const refusals = async (): Promise<number> => (await ben.log()).filter(({ kind }) => kind === 'refused').length

  test('opens without a grant: refused, no handler runs, and a thousand tries leave a handful of log entries', async () => {
    const key = await street.takeOver('mal')
    await using attacker = await Attacker.dial(address, key)
    const answers = new Set<string>()
    for (let n = 0; n < 1000; n += 1) answers.add(await attacker.call(look))
    expect([...answers]).toEqual([refused])
    expect(seen.handled).toBe(0)
    await vi.waitFor(async () => expect(await refusals()).toBeGreaterThan(0))
    expect(await refusals()).toBeLessThanOrEqual(10)
  })

  test('presents another household’s grant in every message there is, and gains nothing and ends nothing', async () => {
    const grant = await agree(ben, ana, 'ana')
    const { household } = mal
    const key = await street.takeOver('mal')
    await using attacker = await Attacker.dial(address, key)
    const head = { iss: household, dev: deviceIdOf(key), at: Math.floor(Date.now() / 1000) }
    const id = grant as GrantBody['doc']
    const nonce = new Uint8Array(16)
    const receipt = await seal(receiptType, { ...head, grant: id, accepts: ['use'], checkpoint: null }, key)
    const renounce = await seal(renounceType, { ...head, grants: [id], erased: 'no', nonce }, key)
    const revoke = await seal(revokeType, { ...head, grants: [id], erasure: 'none', reason: null, nonce }, key)
    expect(await attacker.tell('receipt', receipt.bytes)).toBe(noted)
    expect(await attacker.tell('renounced', renounce.bytes)).toBe(noted)
    expect(await attacker.tell('revoked', revoke.bytes)).toBe(noted)
    expect(await attacker.call(look)).toBe(refused)
    // Nor when it says that it is the other household.
    const forged = await seal(renounceType, { ...head, iss: ana.household, grants: [id], erased: 'no', nonce }, key)
    expect(await attacker.tell('renounced', forged.bytes)).toBe(noted)
    expect(ben.grants().find((mine) => mine.id === grant)?.state).toBe('ACTIVE')
    expect(seen.handled).toBe(0)
  })

  test('keeps reading a stream after the revocation: reset within 100 ms, and no byte is sent any more', async () => {
    const grant = await agree(ben, mal, 'mal')
    const key = await street.takeOver('mal')
    const waits: number[] = []
    await using attacker = await Attacker.dial(address, key)
    const stream = await attacker.stream()
    let lastMs = 0
    const ended = new Promise<void>((resolve) => stream.addEventListener('close', () => resolve(), { once: true }))
    stream.addEventListener('message', () => (lastMs = performance.now()))
    stream.send(openFrame({ ...look, method: 'follow', streaming: true }))
    await vi.waitFor(() => expect(lastMs).toBeGreaterThan(0))
    const startedMs = performance.now()
    const sentBefore = seen.sent
    const revoked = ben.revoke(grant)
    await ended
    waits.push(performance.now() - startedMs)
    await revoked
    const { sent } = seen
    expect(waits[0]).toBeLessThan(100)
    // The one send that was under way when it fell.
    expect(sent - sentBefore).toBeLessThanOrEqual(1)
    expect(await attacker.call(look)).toBe(refused)
    await vi.waitFor(() => expect(ben.sessions()).toEqual([]))
    expect(seen.sent).toBe(sent)
  })

  test('goes on sending into a stream whose grant was revoked: nothing of it is read', async () => {
    const grant = await agree(ben, mal, 'mal')
    const key = await street.takeOver('mal')
    await using attacker = await Attacker.dial(address, key)
    const stream = await attacker.stream()
    stream.send(openFrame({ ...look, method: 'follow', streaming: true }))
    await vi.waitFor(() => expect(seen.sent).toBeGreaterThan(0))
    await ben.revoke(grant)
    const before = seen.handled
    try {
      for (let n = 0; n < 200; n += 1) stream.send(openFrame(look))
    } catch {
      // The stream was reset under it.
    }
    expect(await attacker.call(look)).toBe(refused)
    expect(seen.handled).toBe(before)
  })

  test('races hundreds of opens against the revocation over real sockets: none of them is live afterwards', async () => {
    await agree(ben, mal, 'mal')
    const key = await street.takeOver('mal')
    await using attacker = await Attacker.dial(address, key)
    const grant = ben.grants().find(({ petname, state }) => petname === 'mal' && state === 'ACTIVE')!.id
    const opening = Array.from({ length: 200 }, async (_, n) => {
      await new Promise((resolve) => void setTimeout(resolve, n / 10))
      return attacker.call(look).catch(() => 'closed')
    })
    await new Promise((resolve) => void setTimeout(resolve, 10))
    const revoked = ben.revoke(grant)
    const handled = seen.handled
    const answers = await Promise.all(opening)
    await revoked
    expect(seen.handled).toBe(handled)
    expect(answers.filter((answer) => answer === refused).length).toBeGreaterThan(0)
    expect(ben.sessions().every(({ openCalls }) => openCalls === 0)).toBe(true)
  })

  test.each([
    'photos/../diary',
    '../photos',
    'photos%2f..%2fdiary',
    'photos/',
    '/photos',
    'photos//x',
    'photosmaster',
    'photo',
    'photos\\x',
    'PHOTOS',
    'photos\u0000',
    'photos\u202e',
    './photos',
    '',
  ])('asks for the room %j next to the one it was given: refused', async (location) => {
    await agree(ben, mal, 'mal')
    const key = await street.takeOver('mal')
    await using attacker = await Attacker.dial(address, key)
    expect(await attacker.call({ ...look, location })).not.toMatch(/^051a03/)
    expect(seen.handled).toBe(0)
    expect(await attacker.call({ ...look, method: 'change' })).toBe(refused)
    expect(await attacker.call({ ...look, location: 'photos/2026' })).not.toBe(refused)
    expect(seen.handled).toBe(1)
  })

  test('learns from no answer whether something is there, blocked, denied or waits', async () => {
    const ask = async (): Promise<string> =>
      (await mal.ask({ to: 'ben', protocol: hall.id, location: 'photos', scopes: ['use'], expMs: Date.now() + 86_400_000, why: 'please' }))
        .id
    const asked = await ask()
    await vi.waitFor(() => expect(ben.asks().some(({ id }) => id === asked)).toBe(true))
    const key = await street.takeOver('mal')
    await using attacker = await Attacker.dial(address, key)
    const probes = { room: look, elsewhere: { ...look, location: 'cellar' }, unknown: { ...look, protocol: '/example/none/1' } }
    const rounds: { answers: string[]; ms: Record<string, number[]> } = { answers: [], ms: { room: [], elsewhere: [], unknown: [] } }
    for (const change of [async () => {}, () => ben.deny(asked)]) {
      await change()
      for (let n = 0; n < 30; n += 1)
        for (const [name, probe] of Object.entries(probes)) {
          const startMs = performance.now()
          rounds.answers.push(await attacker.call(probe))
          rounds.ms[name]!.push(performance.now() - startMs)
        }
    }
    expect(new Set(rounds.answers)).toEqual(new Set([refused]))
    const medians = Object.values(rounds.ms).map((times) => times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)]!)
    expect(Math.max(...medians) - Math.min(...medians)).toBeLessThan(5)
  })

  test('sends again the offer of a grant that was revoked, and a receipt from before: it stays revoked on both sides', async () => {
    const grant = await agree(ben, mal, 'mal')
    await using store = await storeOf('mal')
    const held = (await store.ledger.load()).held.find(({ id }) => id === grant)!
    const manifest = (await store.ledger.load()).manifests.find(({ id }) => id === held.body.manifest)!
    await store.close()
    await ben.revoke(grant)
    const again = await street.start('mal')
    await vi.waitFor(() => expect(again.grants().find(({ id }) => id === grant)?.state).toBe('REVOKED'), 5000)
    const malAddress = again.status().addresses[0]!
    const malsKey = await street.takeOver('mal')
    await using attacker = await Attacker.dial(address, malsKey)
    for (let n = 0; n < 3; n += 1) expect(await attacker.tell('receipt', held.receipt!)).toBe(noted)
    expect(ben.grants().find(({ id }) => id === grant)?.state).toBe('REVOKED')
    expect(await attacker.call(look)).toBe(refused)
    expect(malAddress).toContain('/p2p/')
    // The owner's old offer, played to the recipient by whoever recorded it at the owner's device.
    const restarted = await street.start('mal')
    const benKey = await street.takeOver('ben')
    await using recorder = await Attacker.dial(restarted.status().addresses[0]!, benKey)
    expect((await open(grantType, held.bytes)).ok).toBe(true)
    for (let n = 0; n < 3; n += 1) expect(await recorder.tell('offer', held.bytes, manifest.bytes)).toBe(noted)
    expect(restarted.grants().find(({ id }) => id === grant)?.state).toBe('REVOKED')
    expect(restarted.asks()).toEqual([])
  })

  async function storeOf(name: string) {
    await street.stop(name)
    return openStore({ dir: `${street.dir}/${name}` })
  }
})
