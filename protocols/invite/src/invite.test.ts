import { limits, PorchlightError, type DeviceId, type HouseholdId } from '@porchlight/core'
import {
  deviceIdOf,
  FrameStream,
  gateFrames,
  idOf,
  keyFromSeed,
  memoryByteStreams,
  refusal,
  serveCalls,
  startCall,
  type CallDevice,
  type Gate,
} from '@porchlight/wire'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { acceptInvite, type Acceptance } from './accept-invite.ts'
import { inviteProtocol } from './definition.ts'
import type { OpenDocument } from './introduction.ts'
import { inviteIdOf, isProof, proofOf, type Parties } from './proofs.ts'
import { serveInvites, type InviteHost } from './serve-invites.ts'

/** In these tests a household document is any bytes, its household their hash; who speaks for it is noted here. */
const speaks = new Map<HouseholdId, DeviceId>()
const householdOf = (document: Uint8Array): HouseholdId => idOf(document) as string as HouseholdId
const openDocument: OpenDocument = async ({ document, laterDocuments }, device) => {
  const later = laterDocuments.some((each) => Buffer.from(each).equals(Buffer.from(device)))
  if (!later && speaks.get(householdOf(document)) !== device) throw new PorchlightError('BAD_REQUEST', 'not its device')
  return householdOf(document)
}

interface Person {
  device: DeviceId
  household: HouseholdId
  document: Uint8Array
  laterDocuments: Uint8Array[]
  suspensions: Uint8Array[]
  name: string | undefined
  addresses: string[]
}
const person = async (fill: number, name?: string): Promise<Person> => {
  const document = new Uint8Array(40).fill(fill)
  const device = deviceIdOf(await keyFromSeed(new Uint8Array(32).fill(fill)))
  speaks.set(householdOf(document), device)
  return {
    device,
    household: householdOf(document),
    document,
    laterDocuments: [],
    suspensions: [],
    name,
    addresses: [`/ip4/127.0.0.${fill}/tcp/1`],
  }
}

/** Lets everything that waits for nothing but the event loop happen. */
const turns = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}

const secret = new Uint8Array(16).fill(42)
let [ana, ben, cay]: Person[] = []

/** An inviter with one open invite, whose waits end when `release` is called. */
function inviter(change: Partial<InviteHost> = {}) {
  const log: string[] = []
  const waits: { ms: number; end: () => void }[] = []
  let usedBy: DeviceId | undefined
  const host: InviteHost = {
    device: ana!.device,
    household: ana!.household,
    openDocument,
    secretOf: (id) => (id === Buffer.from(inviteIdOf(secret)).toString('hex') ? secret : undefined),
    settle: (id, { right, device }) => {
      const settled = !right || (usedBy !== undefined && usedBy !== device) ? 'refused' : usedBy === device ? 'repeated' : 'accepted'
      if (settled === 'accepted') usedBy = device
      log.push(settled)
      return settled
    },
    paired: async ({ household, name }) => void log.push(`paired ${name ?? '-'} ${household}`),
    introduce: () => ana!,
    wait: (ms) => new Promise((end) => void waits.push({ ms, end })),
    ...change,
  }
  const handlers = serveInvites(host)
  /** Calls as that device, over real frames on a stream in memory. */
  const callAs =
    (device: DeviceId): CallDevice =>
    async (_, request, options) => {
      const [near, far] = memoryByteStreams()
      const gate: Gate = () => ({
        allow: true,
        household: undefined,
        scopes: new Set(),
        signal: new AbortController().signal,
        handler: handlers.accept,
        done: () => {},
      })
      void serveCalls(new FrameStream(far), device, gate)
      return startCall(new FrameStream(near), request, options)
    }
  const release = (): void => {
    for (const { end } of waits) end()
  }
  return { log, waits, release, callAs, accept: handlers.accept }
}
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
    const { log, callAs } = inviter()
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
    const { log, callAs } = inviter()
    const own = { ...ben!, device: cay!.device, laterDocuments: [Uint8Array.from(Buffer.from(cay!.device))] }
    await acceptInvite(callAs(cay!.device), acceptance(own))
    expect(log).toEqual(['accepted', `paired Ben ${ben!.household}`])
  })

  it('works for somebody who gives no name', async () => {
    const { log, callAs } = inviter()
    await acceptInvite(callAs(cay!.device), acceptance(cay!))
    expect(log).toEqual(['accepted', `paired - ${cay!.household}`])
  })

  it('again from the same device gives the same answer, so that a lost one strands nobody', async () => {
    const { log, callAs } = inviter()
    const first = await acceptInvite(callAs(ben!.device), acceptance(ben!))
    expect(await acceptInvite(callAs(ben!.device), acceptance(ben!))).toEqual(first)
    expect(log.filter((entry) => !entry.startsWith('paired'))).toEqual(['accepted', 'repeated'])
  })

  it('after somebody else did is denied', async () => {
    const { callAs } = inviter({ wait: async () => {} })
    await acceptInvite(callAs(ben!.device), acceptance(ben!))
    await expect(acceptInvite(callAs(cay!.device), acceptance(cay!))).rejects.toMatchObject({ code: 'DENIED' })
  })

  it('tells the invitee nothing before the new contact is kept', async () => {
    let keep = (): void => {}
    const { callAs } = inviter({
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
    const { log, waits, release, accept } = inviter()
    const [near, far] = memoryByteStreams()
    const gate: Gate = () => ({
      allow: true,
      household: undefined,
      scopes: new Set(),
      signal: new AbortController().signal,
      handler: accept,
      done: () => {},
    })
    void serveCalls(new FrameStream(far), ben!.device, gate)
    const frames = new FrameStream(near)
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
    const { log, callAs } = inviter({ wait: async () => {} })
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
