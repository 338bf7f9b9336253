import { askType, manifestType } from '@porchlight/consent'
import { limits } from '@porchlight/core'
import { decodeInvite, openHousehold, type InviteData } from '@porchlight/identity'
import type { HouseholdNode } from '@porchlight/node'
import { askProofOf, inviteIdOf, inviteProtocol, proofOf } from '@porchlight/protocol-invite'
import { openStore } from '@porchlight/store'
import { deviceIdOf, idOfBody, seal, type SigningKey } from '@porchlight/wire'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Attacker, noted, refused } from './attacker.ts'
import { dayMs, hall, hallManifest, serveHall, Street } from './victim.ts'

const { input } = inviteProtocol.methods.ask
const knock = { protocol: inviteProtocol.id, method: 'ask' }

/** A household of the attacker's: a real one, for whose device a program of its own speaks now. */
interface Stranger {
  readonly household: HouseholdNode['household']
  readonly key: SigningKey
  readonly document: Uint8Array
}

describe('an ask by an invite, brought by a program of the attacker’s own', () => {
  let street: Street
  let ben: HouseholdNode
  let mal: Stranger
  let eva: Stranger
  let link: InviteData
  let address: string

  const stranger = async (name: string): Promise<Stranger> => {
    const { household } = await street.start(name)
    const key = await street.takeOver(name)
    await using store = await openStore({ dir: join(street.dir, name) })
    const own = await openHousehold(store.keystore, { documents: [], suspensions: [] })
    return { household, key, document: own!.chain.genesis.bytes }
  }
  const nowSec = (): number => Math.floor(Date.now() / 1000)
  const invited = async (): Promise<InviteData> => decodeInvite((await ben.createInvite({})).link, nowSec())

  beforeEach(async () => {
    street = await Street.make()
    ben = await street.start('ben')
    serveHall(ben)
    mal = await stranger('mal')
    eva = await stranger('eva')
    link = await invited()
    address = ben.status().addresses[0]!
  })
  afterEach(() => street[Symbol.asyncDispose]())

  const parties = (by: Stranger) => ({
    inviterDevice: ben.device,
    inviteeDevice: deviceIdOf(by.key),
    inviterHousehold: ben.household,
    inviteeHousehold: by.household,
  })
  const signedAsk = async (by: Stranger, location = 'photos'): Promise<Uint8Array> => {
    const at = nowSec()
    const scopes = [{ id: 'use', locations: [location], max: {} }]
    const { purposes } = hallManifest
    const terms = { manifest: idOfBody(manifestType, hallManifest), scopes, purposes: [...purposes], nbf: at, exp: at + 86_400 }
    const head = { iss: by.household, dev: deviceIdOf(by.key), to: ben.household }
    const nonce = crypto.getRandomValues(new Uint8Array(16))
    return (await seal(askType, { ...head, ...terms, why: 'mine', counters: null, nonce, at, lapse: at + (7 * dayMs) / 1000 }, by.key))
      .bytes
  }
  type Request = Parameters<typeof input.encode>[0]
  const right = async (by: Stranger, change: Request = {}): Promise<Uint8Array> =>
    input.encode({
      inviteId: inviteIdOf(link.secret),
      proof: askProofOf(link.secret, parties(by)),
      document: by.document,
      name: 'Anna',
      ask: await signedAsk(by),
      ...change,
    })
  const inviteState = () => ben.invites().find(({ id }) => id === Buffer.from(inviteIdOf(link.secret)).toString('hex'))?.state

  test('with a wrong proof is refused like everything, five times; then the invite is over, for pairing too', async () => {
    await using attacker = await Attacker.dial(address, mal.key)
    const answers = new Set<string>()
    for (let n = 0; n < limits.inviteTries; n += 1) {
      expect(inviteState()).toBe('open')
      answers.add(await attacker.call({ ...knock, payload: await right(mal, { proof: crypto.getRandomValues(new Uint8Array(32)) }) }))
    }
    expect(inviteState()).toBe('exhausted')
    answers.add(await attacker.call({ ...knock, payload: await right(mal) }))
    expect([...answers]).toEqual([refused])
    expect(ben.asks()).toEqual([])
  })

  test('with a proof that was seen on another connection is refused, with the document of whoever made it or with its own', async () => {
    const seen = await right(mal)
    await using attacker = await Attacker.dial(address, eva.key)
    expect(await attacker.call({ ...knock, payload: seen })).toBe(refused)
    expect(await attacker.call({ ...knock, payload: await right(eva, { proof: askProofOf(link.secret, parties(mal)) }) })).toBe(refused)
    // The proof of pairing is none of asking, also of the right device.
    expect(await attacker.call({ ...knock, payload: await right(eva, { proof: proofOf(link.secret, 'invitee', parties(eva)) }) })).toBe(
      refused,
    )
    expect(ben.asks()).toEqual([])
    // Again on a second connection of the same device it is the same ask, once.
    await using first = await Attacker.dial(address, mal.key)
    expect(await first.call({ ...knock, payload: seen })).toBe(noted)
    await using second = await Attacker.dial(address, mal.key)
    expect(await second.call({ ...knock, payload: seen })).toBe(noted)
    expect(ben.asks()).toHaveLength(1)
  })

  test('by a link that is used, cancelled or unknown, or carries another household’s, is answered with the same bytes', async () => {
    await using attacker = await Attacker.dial(address, mal.key)
    const by = async (secret: Uint8Array): Promise<string> =>
      attacker.call({
        ...knock,
        payload: await right(mal, { inviteId: inviteIdOf(secret), proof: askProofOf(secret, parties(mal)) }),
      })
    const used = await ben.createInvite({})
    const ana = await street.start('ana')
    await ana.acceptInvite(used.link, {})
    const cancelled = await ben.createInvite({})
    await ben.cancelInvite(cancelled.id)
    const secretOf = (text: string) => decodeInvite(text, nowSec()).secret
    await using other = await Attacker.dial(address, eva.key)
    expect(await other.call({ ...knock, payload: await right(eva) })).toBe(noted)
    for (const secret of [secretOf(used.link), secretOf(cancelled.link), new Uint8Array(16), link.secret])
      expect(await by(secret)).toBe(refused)
    expect(ben.asks().map(({ household }) => household)).toEqual([eva.household])
  })

  test('that somebody else signed, or for somebody else, is answered like one that is taken, and is not', async () => {
    await using attacker = await Attacker.dial(address, mal.key)
    for (const ask of [await signedAsk(eva), new Uint8Array(), crypto.getRandomValues(new Uint8Array(3000))])
      expect(await attacker.call({ ...knock, payload: await right(mal, { ask }) })).toBe(noted)
    expect(ben.asks()).toEqual([])
  })

  test('in floods fills no more than the places of one household, and a wrong, a full and a right one take the time they always take', async () => {
    await using attacker = await Attacker.dial(address, mal.key)
    const payloads = await Promise.all(Array.from({ length: 60 }, async (_, n) => right(mal, { ask: await signedAsk(mal, `room-${n}`) })))
    const waits: number[] = []
    const answers: string[] = []
    for (let at = 0; at < payloads.length; at += 4) {
      await Promise.all(
        payloads.slice(at, at + 4).map(async (payload) => {
          const startMs = performance.now()
          answers.push(await attacker.call({ ...knock, payload }))
          waits.push(performance.now() - startMs)
        }),
      )
    }
    expect(new Set(answers)).toEqual(new Set([noted]))
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(limits.askAnswerMs - 5)
    expect(ben.asks()).toHaveLength(limits.asksPendingPerContact)
    expect(ben.contacts()).toEqual([])
    expect(inviteState()).toBe('open')
    // What it asked for is as closed as before.
    expect(await attacker.call({ protocol: hall.id, method: 'look', location: 'room-0' })).toBe(refused)
  })

  test('from a contact’s device that speaks for another household now is taken of nobody', async () => {
    const { link: first } = await ben.createInvite({ petname: 'zoe' })
    const zoe = await street.start('zoe')
    await zoe.acceptInvite(first, {})
    await street.stop('zoe')
    const known = await stranger('zoe')
    // Mal's document, and a device that Ben knows as Zoe's.
    await using attacker = await Attacker.dial(address, known.key)
    expect(await attacker.call({ ...knock, payload: await right({ ...known, household: mal.household, document: mal.document }) })).toBe(
      refused,
    )
    // As herself she is a contact.
    expect(await attacker.call({ ...knock, payload: await right(known) })).toBe(noted)
    expect(ben.asks()).toMatchObject([{ petname: 'zoe', origin: 'contact' }])
  })
})
