import { limits, PorchlightError } from '@porchlight/core'
import { gateFrames, refusal, type CallDevice } from '@porchlight/wire'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { acceptInvite } from './accept-invite.ts'
import { askByInvite, type InvitedAsk } from './ask-by-invite.ts'
import { inviteProtocol } from './definition.ts'
import { askProofOf, inviteIdOf, isAskProof, isProof, proofOf, type Parties } from './proofs.ts'
import { inviter, openDocument, person, secret, turns, type Person } from './testing/inviter.ts'

let [ana, ben, cay]: Person[] = []
beforeAll(async () => {
  ;[ana, ben, cay] = await Promise.all([person(1, 'Ana'), person(2, 'Ben'), person(3)])
})

const invite = () => ({ device: ana!.device, household: ana!.household, secret })
const bringing = (own: Person, text = 'photos'): InvitedAsk => ({ invite: invite(), own, ask: Uint8Array.from(Buffer.from(text)) })
const bring = (call: CallDevice, own: Person, text?: string) => askByInvite(call, bringing(own, text))

describe('an ask by an invite', () => {
  it('reaches the inviter with the name of who asks, and pairs nobody', async () => {
    const { log, callAs } = inviter(ana!)
    await bring(callAs(ben!.device), ben!)
    expect(log).toEqual(['taken', `asked Ben ${ben!.household} photos`])
  })

  it('leaves the invite good for pairing, and none is taken once it is used', async () => {
    const { log, callAs } = inviter(ana!, { wait: async () => {} })
    await bring(callAs(ben!.device), ben!)
    await acceptInvite(callAs(ben!.device), { invite: invite(), own: ben!, openDocument })
    await expect(bring(callAs(ben!.device), ben!)).rejects.toMatchObject({ code: 'DENIED' })
    expect(log.map((line) => line.split(' ')[0])).toEqual(['taken', 'asked', 'accepted', 'paired', 'refused'])
  })

  it('is answered with nothing, and not before the inviter has looked at it', async () => {
    let looked = (): void => {}
    const { callAs } = inviter(ana!, {
      asked: () =>
        new Promise((resolve) => {
          looked = resolve
        }),
    })
    let answer: Uint8Array | undefined
    const call: CallDevice = async (...args) => {
      const running = await callAs(ben!.device)(...args)
      return { ...running, result: async () => (answer = await running.result()) }
    }
    const asking = bring(call, ben!)
    await turns()
    expect(answer).toBeUndefined()
    looked()
    await asking
    expect(answer).toEqual(new Uint8Array())
  })

  it('that could not be written down is no refusal, so that it may be tried again', async () => {
    const { callAs } = inviter(ana!, {
      asked: async () => {
        throw new PorchlightError('INTERNAL', 'the disk is full')
      },
    })
    await expect(bring(callAs(ben!.device), ben!)).rejects.toMatchObject({ code: 'INTERNAL' })
  })
})

describe('a refused ask', () => {
  const { input } = inviteProtocol.methods.ask
  let parties: Parties
  let good: Parameters<typeof input.encode>[0]
  beforeEach(() => {
    parties = { inviterDevice: ana!.device, inviteeDevice: ben!.device, inviterHousehold: ana!.household, inviteeHousehold: ben!.household }
    good = {
      inviteId: inviteIdOf(secret),
      proof: askProofOf(secret, parties),
      document: ben!.document,
      name: 'Ben',
      ask: new Uint8Array(9),
    }
  })
  const of = (change: Partial<Parties>): Uint8Array => input.encode({ ...good, proof: askProofOf(secret, { ...parties, ...change }) })
  const cases: [string, () => Uint8Array, string[]][] = [
    ['a wrong proof', () => input.encode({ ...good, proof: new Uint8Array(32) }), ['refused']],
    ['a short proof', () => input.encode({ ...good, proof: good.proof!.subarray(1) }), ['refused']],
    ['the proof of pairing', () => input.encode({ ...good, proof: proofOf(secret, 'invitee', parties) }), ['refused']],
    ['an id that names no invite', () => input.encode({ ...good, inviteId: new Uint8Array(8) }), ['refused']],
    ["a proof that another device's connection carried", () => of({ inviteeDevice: cay!.device }), ['refused']],
    ['a proof made for another household', () => of({ inviteeHousehold: cay!.household }), ['refused']],
    ['a proof made for another inviter', () => of({ inviterDevice: cay!.device }), ['refused']],
    ["somebody else's document", () => input.encode({ ...good, document: cay!.document }), []],
    ["the inviter's own document", () => input.encode({ ...good, document: ana!.document }), []],
    ['a name with controls', () => input.encode({ ...good, name: 'a\u202eb' }), []],
    [
      'an ask longer than any',
      () => input.encode({ ...good, ask: new Uint8Array(limits.objectLimitBytes + limits.envelopeOverheadBytes + 1) }),
      [],
    ],
    [
      'more suspensions than are opened for a stranger',
      () => input.encode({ ...good, suspensions: new Array(limits.inviteLaterObjects + 1).fill(new Uint8Array(1)) }),
      [],
    ],
    ['bytes that are no message', () => new Uint8Array(30).fill(255), []],
    ['nothing', () => new Uint8Array(), []],
  ]

  it.each(cases)('of %s has the bytes and the time of any refusal by the gate', async (_, payload, logged) => {
    // As the real one: an unknown id is nobody's.
    const { log, waits, release, streamOf } = inviter(ana!)
    const frames = streamOf(ben!.device)
    await frames.write({
      open: { protocol: inviteProtocol.id, method: 'ask', deadlineMs: 1000, payload: payload(), location: '', streaming: false },
    })
    const answer = frames.read()
    expect(await Promise.race([answer, turns().then(() => 'nothing yet')])).toBe('nothing yet')
    expect(waits.map(({ ms }) => ms)).toEqual([limits.refusalDelayMs])
    release()
    expect(gateFrames.Frame.encode((await answer)!)).toEqual(gateFrames.Frame.encode({ end: refusal }))
    expect(log).toEqual(logged)
  })

  it('meets a proof under a secret of zeros for an unknown invite', async () => {
    const { log, callAs } = inviter(ana!, { wait: async () => {} })
    const asking = askByInvite(callAs(ben!.device), { ...bringing(ben!), invite: { ...invite(), secret: new Uint8Array(16) } })
    await expect(asking).rejects.toMatchObject({ code: 'DENIED' })
    expect(log).toEqual(['refused'])
  })
})

it('the two proofs are of no use for each other, and that of an ask to nobody else', () => {
  const parties: Parties = {
    inviterDevice: ana!.device,
    inviteeDevice: ben!.device,
    inviterHousehold: ana!.household,
    inviteeHousehold: ben!.household,
  }
  const proof = askProofOf(secret, parties)
  expect(isAskProof(proof, secret, parties)).toBe(true)
  expect(isProof(proof, secret, 'invitee', parties)).toBe(false)
  expect(isAskProof(proofOf(secret, 'invitee', parties), secret, parties)).toBe(false)
  expect(isAskProof(proof, new Uint8Array(16), parties)).toBe(false)
  for (const key of ['inviterDevice', 'inviteeDevice'] as const)
    expect(isAskProof(proof, secret, { ...parties, [key]: cay!.device })).toBe(false)
  for (const key of ['inviterHousehold', 'inviteeHousehold'] as const)
    expect(isAskProof(proof, secret, { ...parties, [key]: cay!.household })).toBe(false)
})
