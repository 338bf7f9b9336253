import { limits } from '@porchlight/core'
import { beforeEach, describe, expect, it } from 'vitest'
import { digestOf, type Waiting } from './digest.ts'
import { actScene, type ActScene } from './testing/acts.ts'
import { dayMs, deliver, householdOf, offerTo, type Side } from './testing/index.ts'

let scene: ActScene
let ana: Side
let ben: Side

beforeEach(async () => {
  scene = await actScene()
  ;({ ana, ben } = scene)
})

const told = () => ana.events.filter(({ type }) => type === 'digest')
async function everything() {
  const ask = await scene.asked('photos')
  const offer = await ben.consent.offer(offerTo(ana, scene.time.nowMs(), 'music'))
  await deliver(ben, ana)
  const own = await ana.consent.createAsk({ ...scene.askFor('films'), to: ben.household })
  await scene.hand(ana, ben)
  await ben.consent.counter(own.id, {
    scopes: [{ id: 'use', locations: ['films'], max: {} }],
    expMs: scene.time.nowMs() + 9 * dayMs,
    shown: { text: 'May.\n', lang: 'en' },
  })
  await scene.hand(ben, ana)
  return { ask, offer: offer.id, own: own.id }
}

describe('what waits for a person', () => {
  it('is an ask, an offer and a counter-offer, by contact, the oldest first', async () => {
    const { ask, offer, own } = await everything()
    const { contacts, moreContacts, total } = ana.consent.digest()
    expect([contacts.length, moreContacts, total]).toEqual([1, 0, 3])
    expect(contacts[0]!.household).toBe(ben.household)
    expect(contacts[0]!.items.map(({ id, kind, service }) => [id, kind, service])).toEqual([
      [ask, 'ask', 'photos'],
      [offer, 'offer', 'music'],
      [own, 'counter', 'films'],
    ])
    expect(contacts[0]!.items.map(({ sinceMs }) => sinceMs)).toEqual(
      contacts[0]!.items.map(({ sinceMs }) => sinceMs).toSorted((a, b) => a - b),
    )
    expect(contacts[0]!.sinceMs).toBe(contacts[0]!.items[0]!.sinceMs)
  })

  it('waits no more once it was answered, or while it sleeps', async () => {
    const { ask, offer, own } = await everything()
    await ana.consent.snooze(ask, scene.time.nowMs() + dayMs)
    await ana.consent.accept(offer)
    await ana.consent.declineCounter(own)
    expect(ana.consent.digest()).toEqual({ contacts: [], moreContacts: 0, total: 0 })
  })

  it('is told of once, then again after a day and only when something is new', async () => {
    await everything()
    await scene.passed(0)
    expect(told()).toMatchObject([{ waiting: 3, contacts: 1 }])
    await scene.passed(limits.digestEveryMs)
    expect(told()).toHaveLength(1)
    await ben.consent.offer(offerTo(ana, scene.time.nowMs(), 'books'))
    await deliver(ben, ana)
    await scene.passed(0)
    expect(told()).toMatchObject([{ waiting: 3 }, { waiting: 4 }])
    await ben.consent.offer(offerTo(ana, scene.time.nowMs(), 'songs'))
    await deliver(ben, ana)
    await scene.passed(limits.digestEveryMs - 60_000)
    expect(told()).toHaveLength(2)
    await scene.passed(60_000)
    expect(told()).toHaveLength(3)
  })
})

it('what waits beyond the bounds is counted', () => {
  const item = (household: string, at: number): Waiting => ({
    id: `${household} ${String(at).padStart(3, '0')}` as Waiting['id'],
    kind: 'ask',
    household: householdOf(household),
    protocol: '/a/b/1',
    service: '',
    sinceMs: at,
  })
  const many = Array.from({ length: limits.digestItemsPerContact + 2 }, (_, at) => item('busy', at))
  const contacts = Array.from({ length: limits.digestContacts + 3 }, (_, at) => item(`contact ${at}`, 100 + at))
  const digest = digestOf([...contacts.toReversed(), ...many])
  expect(digest.total).toBe(many.length + contacts.length)
  expect(digest.contacts).toHaveLength(limits.digestContacts)
  expect(digest.moreContacts).toBe(4)
  expect(digest.contacts[0]).toMatchObject({ household: householdOf('busy'), sinceMs: 0, more: 2 })
  expect(digest.contacts[0]!.items).toEqual(many.slice(0, limits.digestItemsPerContact))
  expect(digest.contacts[1]).toMatchObject({ more: 0, sinceMs: 100 })
  const [one, other] = [item('a', 5), { ...item('a', 5), id: 'a 004' as Waiting['id'] }]
  expect(digestOf([one, other]).contacts[0]!.items).toEqual([other, one])
})
