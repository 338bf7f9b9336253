import { limits } from '@porchlight/core'
import { gateFrames, refusal, type CallDevice } from '@porchlight/wire'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { acceptInvite, type Acceptance } from './accept-invite.ts'
import { inviteProtocol } from './definition.ts'
import { inviteIdOf, isProof, proofOf, type Parties } from './proofs.ts'
import { inviter, openDocument, person, secret, turns, type Person } from './testing/inviter.ts'

let [ana, ben, cay]: Person[] = []

const acceptance = (own: Person, change: Partial<Acceptance['invite']> = {}): Acceptance => ({
  invite: { device: ana!.device, household: ana!.household, secret, ...change },
  own,
  openDocument,
})

beforeAll(async () => {
  ;[ana, ben, cay] = await Promise.all([person(1, 'Ana'), person(2, 'Ben'), person(3)])
})

describe('accepting an invite', () => {
  it('gives each side the document, name and addresses of the other', async () => {
    const { log, callAs } = inviter(ana!)
    expect(await acceptInvite(callAs(ben!.device), acceptance(ben!))).toEqual({
      document: ana!.document,
      laterDocuments: [],
      suspensions: [],
      name: 'Ana',
      addresses: ana!.addresses,
    })
    expect(log).toEqual(['accepted', `paired Ben ${ben!.household}`])
  })

  it('works from a device that only a later document names', async () => {
    const { log, callAs } = inviter(ana!)
    const own = { ...ben!, device: cay!.device, laterDocuments: [Uint8Array.from(Buffer.from(cay!.device))] }
    await acceptInvite(callAs(cay!.device), acceptance(own))
    expect(log).toEqual(['accepted', `paired Ben ${ben!.household}`])
  })

  it('works for somebody who gives no name', async () => {
    const { log, callAs } = inviter(ana!)
    await acceptInvite(callAs(cay!.device), acceptance(cay!))
    expect(log).toEqual(['accepted', `paired - ${cay!.household}`])
  })

  it('again from the same device gives the same answer, so that a lost one strands nobody', async () => {
    const { log, callAs } = inviter(ana!)
    const first = await acceptInvite(callAs(ben!.device), acceptance(ben!))
    expect(await acceptInvite(callAs(ben!.device), acceptance(ben!))).toEqual(first)
    expect(log.filter((entry) => !entry.startsWith('paired'))).toEqual(['accepted', 'repeated'])
  })

  it('after somebody else did is denied', async () => {
    const { callAs } = inviter(ana!, { wait: async () => {} })
    await acceptInvite(callAs(ben!.device), acceptance(ben!))
    await expect(acceptInvite(callAs(cay!.device), acceptance(cay!))).rejects.toMatchObject({ code: 'DENIED' })
  })

  it('tells the invitee nothing before the new contact is kept', async () => {
    let keep = (): void => {}
    const { callAs } = inviter(ana!, {
      paired: () =>
        new Promise((resolve) => {
          keep = resolve
        }),
    })
    let answered = false
    const accepting = acceptInvite(callAs(ben!.device), acceptance(ben!)).then(() => {
      answered = true
    })
    await turns()
    expect(answered).toBe(false)
    keep()
    await accepting
  })

  it('of our own is refused before anything is sent', async () => {
    const call: CallDevice = async () => {
      throw new Error('called')
    }
    await expect(acceptInvite(call, acceptance(ana!))).rejects.toMatchObject({ code: 'BAD_REQUEST', reason: 'own-invite' })
  })
})

describe('a refusal', () => {
  const { input } = inviteProtocol.methods.accept
  let parties: Parties
  let good: Parameters<typeof input.encode>[0]
  beforeEach(() => {
    parties = { inviterDevice: ana!.device, inviteeDevice: ben!.device, inviterHousehold: ana!.household, inviteeHousehold: ben!.household }
    good = { inviteId: inviteIdOf(secret), proof: proofOf(secret, 'invitee', parties), document: ben!.document, name: 'Ben', addresses: [] }
  })
  const cases: [string, () => Uint8Array, string[]][] = [
    ['a wrong proof', () => input.encode({ ...good, proof: new Uint8Array(32) }), ['refused']],
    ['a short proof', () => input.encode({ ...good, proof: good.proof!.subarray(1) }), ['refused']],
    ['an id that names no invite', () => input.encode({ ...good, inviteId: new Uint8Array(8) }), ['refused']],
    ["the inviter's own proof, reflected", () => input.encode({ ...good, proof: proofOf(secret, 'inviter', parties) }), ['refused']],
    [
      'a proof made by another device',
      () => input.encode({ ...good, proof: proofOf(secret, 'invitee', { ...parties, inviteeDevice: cay!.device }) }),
      ['refused'],
    ],
    [
      'a proof made for another household',
      () => input.encode({ ...good, proof: proofOf(secret, 'invitee', { ...parties, inviteeHousehold: cay!.household }) }),
      ['refused'],
    ],
    [
      'a proof made for another inviter',
      () => input.encode({ ...good, proof: proofOf(secret, 'invitee', { ...parties, inviterDevice: cay!.device }) }),
      ['refused'],
    ],
    ["somebody else's document", () => input.encode({ ...good, document: cay!.document }), []],
    ["the inviter's own document", () => input.encode({ ...good, document: ana!.document }), []],
    ['a name with controls', () => input.encode({ ...good, name: 'a\u202eb' }), []],
    ['an untrimmed name', () => input.encode({ ...good, name: ' Ben' }), []],
    ['an address that is none', () => input.encode({ ...good, addresses: ['http://example'] }), []],
    [
      'too many addresses',
      () => input.encode({ ...good, addresses: new Array(limits.addressesPerHousehold + 1).fill('/ip4/1.2.3.4/tcp/1') }),
      [],
    ],
    [
      'more later documents than are opened for a stranger',
      () => input.encode({ ...good, laterDocuments: new Array(limits.inviteLaterObjects + 1).fill(new Uint8Array(1)) }),
      [],
    ],
    ['bytes that are no message', () => new Uint8Array(30).fill(255), []],
    ['nothing', () => new Uint8Array(), []],
  ]

  it.each(cases)('of %s has the bytes and the time of any refusal by the gate', async (_, payload, logged) => {
    const { log, waits, release, streamOf } = inviter(ana!)
    const frames = streamOf(ben!.device)
    await frames.write({
      open: { protocol: inviteProtocol.id, method: 'accept', deadlineMs: 1000, payload: payload(), location: '', streaming: false },
    })
    const answer = frames.read()
    expect(await Promise.race([answer, turns().then(() => 'nothing yet')])).toBe('nothing yet')
    expect(waits.map(({ ms }) => ms)).toEqual([limits.refusalDelayMs])
    release()
    expect(gateFrames.Frame.encode((await answer)!)).toEqual(gateFrames.Frame.encode({ end: refusal }))
    expect(log).toEqual(logged)
  })

  it('meets a proof under a secret of zeros for an unknown invite', async () => {
    const zeros = new Uint8Array(16)
    const { log, callAs } = inviter(ana!, { wait: async () => {} })
    await expect(acceptInvite(callAs(ben!.device), acceptance(ben!, { secret: zeros }))).rejects.toMatchObject({ code: 'DENIED' })
    expect(log).toEqual(['refused'])
  })
})

describe('whoever answers', () => {
  const answering =
    (encode: () => Uint8Array): CallDevice =>
    async () =>
      ({ result: async () => encode() }) as Awaited<ReturnType<CallDevice>>
  const { output } = inviteProtocol.methods.accept
  const parties = (): Parties => ({
    inviterDevice: ana!.device,
    inviteeDevice: ben!.device,
    inviterHousehold: ana!.household,
    inviteeHousehold: ben!.household,
  })
  const good = () => ({ proof: proofOf(secret, 'inviter', parties()), document: ana!.document, name: 'Ana', addresses: [] })

  it.each<[string, () => Uint8Array, string]>([
    [
      "with the invitee's own proof, reflected",
      () => output.encode({ ...good(), proof: proofOf(secret, 'invitee', parties()) }),
      'inviter-proof',
    ],
    ['without the secret', () => output.encode({ ...good(), proof: proofOf(new Uint8Array(16), 'inviter', parties()) }), 'inviter-proof'],
    ["with another device's document", () => output.encode({ ...good(), document: cay!.document }), 'inviter-document'],
    ['with rubbish', () => new Uint8Array(20).fill(255), 'inviter-document'],
    ['with a deceptive name', () => output.encode({ ...good(), name: 'a\u202eb' }), 'inviter-document'],
  ])('%s is not taken for the inviter', async (_, encode, reason) => {
    await expect(acceptInvite(answering(encode), acceptance(ben!))).rejects.toMatchObject({ code: 'BAD_REQUEST', reason })
  })

  it('for another household than the link names is not taken for the inviter', async () => {
    const call = answering(() => output.encode(good()))
    await expect(acceptInvite(call, acceptance(ben!, { household: cay!.household }))).rejects.toMatchObject({ reason: 'inviter-household' })
  })
})

it('a proof is of use to nobody else: changing any party, the role or the secret breaks it', () => {
  const parties: Parties = {
    inviterDevice: ana!.device,
    inviteeDevice: ben!.device,
    inviterHousehold: ana!.household,
    inviteeHousehold: ben!.household,
  }
  const proof = proofOf(secret, 'invitee', parties)
  expect(isProof(proof, secret, 'invitee', parties)).toBe(true)
  expect(isProof(proof, secret, 'inviter', parties)).toBe(false)
  expect(isProof(proof, new Uint8Array(16), 'invitee', parties)).toBe(false)
  for (const key of ['inviterDevice', 'inviteeDevice'] as const)
    expect(isProof(proof, secret, 'invitee', { ...parties, [key]: cay!.device })).toBe(false)
  for (const key of ['inviterHousehold', 'inviteeHousehold'] as const)
    expect(isProof(proof, secret, 'invitee', { ...parties, [key]: cay!.household })).toBe(false)
})
