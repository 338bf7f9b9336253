import { limits, type ManifestBody } from '@porchlight/core'
import { beforeEach, describe, expect, it } from 'vitest'
import { manyGrants } from '../testing/many-grants.ts'
import {
  activeGrant,
  activeGrantOf,
  manualTime,
  memoryLedger,
  sampleManifest,
  twoSides,
  type ManualTime,
  type MemoryLedger,
  type Side,
} from '../testing/index.ts'

let ana: Side
let ben: Side
let time: ManualTime
let ledger: MemoryLedger

beforeEach(async () => {
  ledger = memoryLedger()
  ;({ ana, ben, time } = await twoSides({ ana: ledger }))
})

const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 5; turn++) await ana.consent.verifyLog()
}
/** Ana serves the text that comes after the sample, with this changed. */
async function changed(change: Partial<ManifestBody>): Promise<void> {
  ana.consent.addManifest({ ...sampleManifest, rev: 2, prev: ana.consent.addManifest(sampleManifest), ...change })
  await settled()
}
const asked = () => ana.consent.changedTexts()
const both = (en: string) => ({ en, de: en })

describe('a text that changed', () => {
  it('is no question of a grant of another protocol', async () => {
    await activeGrant(ana, ben, time.nowMs())
    ana.consent.addManifest({ ...sampleManifest, proto: '/example/other/1' })
    await changed({ proto: '/example/other/1', onward: 'anybody' })
    expect(asked()).toEqual([])
    expect((await ana.consent.log()).filter(({ kind }) => kind.startsWith('text'))).toEqual([])
  })

  it('is no question of a grant whose revocation is not on the disk yet', async () => {
    const { id } = await activeGrant(ana, ben, time.nowMs())
    ledger.failing()
    await expect(ana.consent.revoke(id)).rejects.toMatchObject({ reason: 'not-durable' })
    ledger.beforeCommit = () => {}
    await changed({ onward: 'anybody' })
    expect(asked()).toEqual([])
    expect((await ledger.load()).texts).toEqual([])
  })

  it('is told with each question that it raises, and with the answer', async () => {
    const { id } = await activeGrant(ana, ben, time.nowMs())
    ana.events.length = 0
    await changed({ onward: 'anybody' })
    expect(ana.events).toEqual([{ type: 'ask', id, household: ben.household }])
    await ana.consent.keepText(id)
    expect(ana.events.slice(1)).toEqual([{ type: 'ask', id, household: ben.household }])
  })

  it('that could not be noted is an alarm, and asked about after the next start', async () => {
    const { id } = await activeGrant(ana, ben, time.nowMs())
    ledger.failing()
    await changed({ onward: 'anybody' })
    expect(ana.events.at(-1)).toMatchObject({ type: 'alarm', what: 'ledger-write-failed', grants: [], error: { reason: 'not-durable' } })
    expect(asked()).toEqual([])
    ledger.beforeCommit = () => {}
    ana = await ana.reopen()
    await changed({ onward: 'anybody' })
    expect(asked()).toMatchObject([{ grant: id }])
  })

  it('takes the place of an older one that nobody answered, so that a yes is to the newest', async () => {
    const { id } = await activeGrant(ana, ben, time.nowMs())
    await changed({ onward: 'anybody' })
    const newest = ana.consent.addManifest({ ...sampleManifest, rev: 3, prev: asked()[0]!.manifest, onward: 'nobody' })
    await settled()
    expect(asked()).toMatchObject([{ grant: id, manifest: newest }])
    expect((await ledger.load()).texts).toHaveLength(1)
    await ana.consent.keepText(id)
    expect((await ledger.load()).texts).toMatchObject([{ manifest: newest, state: 'KEPT' }])
  })

  it('is a question of every grant, also of more than one change may name', async () => {
    time = manualTime(Date.UTC(2026, 10, 22))
    const count = limits.grantsPerRevocation + 2
    ;({ ana, ben, ledger } = await manyGrants(time, count))
    await changed({ onward: 'anybody' })
    expect(new Set(asked().map(({ grant }) => grant)).size).toBe(count)
  })
})

describe('what a grant would be under the new text', () => {
  const [use, upload] = sampleManifest.scopes
  const given = (max: NonNullable<typeof use>['max'] = {}) =>
    activeGrantOf(ana, ben, {
      nowMs: time.nowMs(),
      scopes: [
        { id: 'use', locations: ['photos'], max },
        { id: 'upload', locations: ['photos'], max: {} },
      ],
    })

  it('has only the scopes that the new text knows, in the places that were given', async () => {
    await given()
    await changed({ scopes: [use!, { ...upload!, id: 'comment' }] })
    expect(asked()).toMatchObject([{ scopes: [{ id: 'use', locations: ['photos'], max: {} }] }])
  })

  it('is limited by the tighter of what was given and what the text allows, each for itself', async () => {
    await given({ opsPerMin: 10, streams: 2 })
    await changed({ onward: 'anybody', scopes: [{ ...use!, max: { opsPerMin: 4, streams: 8, bytesPerDay: 1000 } }, upload!] })
    expect(asked()[0]?.scopes[0]).toEqual({ id: 'use', locations: ['photos'], max: { opsPerMin: 4, streams: 2, bytesPerDay: 1000 } })
  })

  it('leaves a scope out whose hours and those of the text never agree', async () => {
    const window = (from: number, to: number) => ({ days: [1], from, to, tz: 'Europe/Berlin' })
    await given({ window: window(480, 600) })
    await changed({ onward: 'anybody', scopes: [{ ...use!, max: { window: window(540, 720) } }, upload!] })
    expect(asked()[0]?.scopes.map(({ id }) => id)).toEqual(['upload'])
  })

  it('is for the purposes that both name', async () => {
    await activeGrant(ana, ben, time.nowMs())
    await changed({ purposes: ['dpv:Advertising'] })
    expect(asked()).toMatchObject([{ purposes: [] }])
  })

  it('says so in the words of the new text', async () => {
    await activeGrant(ana, ben, time.nowMs())
    await changed({ title: both('{contact} may look at {service}'), onward: 'anybody' })
    expect(asked()[0]?.body.title['en']).toBe('{contact} may look at {service}')
  })
})
