import { beforeEach, describe, expect, it } from 'vitest'
import { deviceOf, householdOf, keyOf, manualTime, type DeviceSide, type ManualTime } from '../testing/index.ts'
import { deviceIdOf } from '@porchlight/wire'
import type { ConsentEvent } from '../events.ts'
import type { ContactWords } from './siblings.ts'

let time: ManualTime
let desktop: DeviceSide
let words: ContactWords
const events: ConsentEvent[] = []
const ben = householdOf('ben')
const others = [deviceIdOf(await keyOf('one')), deviceIdOf(await keyOf('two'))].toSorted()

beforeEach(async () => {
  events.length = 0
  time = manualTime(Date.UTC(2026, 10, 22))
  desktop = await deviceOf('ana', 'desktop', time, { onEvent: (event) => void events.push(event) })
  words = {
    household: ben,
    removed: false,
    petname: 'Ben',
    selfChosenName: 'Benjamin',
    level: 'compared',
    documents: [Uint8Array.of(1), Uint8Array.of(2)],
    suspensions: [Uint8Array.of(3)],
    devices: [others[0]!],
    addresses: [],
    over: [],
    since: 5,
  }
})

const said = () => desktop.consent.siblings.facts(null).facts.length
const say = (change: Partial<ContactWords> = {}) => desktop.consent.siblings.sayContact({ ...words, ...change })

describe('what a household says of a contact', () => {
  it.each<[string, () => Partial<ContactWords>]>([
    ['that it is removed', () => ({ removed: true })],
    ['its name here', () => ({ petname: 'Benny' })],
    ['the name it gave itself', () => ({ selfChosenName: null })],
    ['how well it is known', () => ({ level: 'unverified' })],
    ['since when', () => ({ since: 6 })],
    ['one device more', () => ({ devices: others })],
    ['no device', () => ({ devices: [] })],
    ['one document more', () => ({ documents: [...words.documents, Uint8Array.of(4)] })],
    ['one document less', () => ({ documents: [Uint8Array.of(1)] })],
    ['another document', () => ({ documents: [Uint8Array.of(1), Uint8Array.of(9)] })],
    ['another suspension', () => ({ suspensions: [Uint8Array.of(9)] })],
    ['no suspension', () => ({ suspensions: [] })],
  ])('is said again when it changes: %s', async (_what, change) => {
    await say()
    expect(said()).toBe(1)
    await say(change())
    expect(said()).toBe(2)
    expect(desktop.consent.siblings.contact(ben)?.body).toMatchObject(change())
  })

  it('is not said again when nothing changes but addresses, and not for another contact', async () => {
    await say()
    await say()
    await say({ documents: words.documents.map((bytes) => bytes.slice()) })
    expect(said()).toBe(1)
    await say({ household: householdOf('eve') })
    expect(said()).toBe(2)
    expect(desktop.consent.siblings.contacts().map(({ body }) => body.household)).toEqual([ben, householdOf('eve')].toSorted())
  })

  it('counts as later than the word before, also within one second and when the clock went back', async () => {
    await say()
    const first = desktop.consent.siblings.contact(ben)!.body.at
    await say({ petname: 'B' })
    expect(desktop.consent.siblings.contact(ben)?.body).toMatchObject({ petname: 'B', at: first + 1 })
    time.advance(60_000)
    await say({ petname: 'C' })
    expect(desktop.consent.siblings.contact(ben)?.body).toMatchObject({ petname: 'C', at: Math.floor(time.nowMs() / 1000) })
    expect(first).toBe(Date.UTC(2026, 10, 22) / 1000)
  })

  it('is told to whoever watches, as a contact and as a fact', async () => {
    await say()
    expect(events).toEqual([{ type: 'contact', household: ben }, { type: 'facts' }])
  })
})
