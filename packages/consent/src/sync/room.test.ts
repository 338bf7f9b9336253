import { limits, type ManifestBody, type Text } from '@porchlight/core'
import { expect, it } from 'vitest'
import { ask, callOf, dayMs, deliver, offerTo, sampleManifest, side, twoSides, type Side } from '../testing/index.ts'

const long: Text = Object.fromEntries(
  ['en', 'de', 'fr', 'es', 'it', 'nl', 'pl', 'pt', 'sv', 'da', 'fi', 'cs', 'el', 'hu', 'ro'].map((lang) => [
    lang,
    'x'.repeat(limits.textChars),
  ]),
)
/** A text of about forty kilobytes; no two are the same. */
const bulky = (n: number): ManifestBody => ({
  ...sampleManifest,
  langs: Object.keys(long),
  title: Object.fromEntries(Object.keys(long).map((lang) => [lang, `text ${n}`])),
  say: Object.fromEntries(Object.keys(sampleManifest.say).map((line) => [line, long])) as ManifestBody['say'],
  scopes: sampleManifest.scopes.map((scope) => ({ ...scope, say: long })),
})

/** Whether it found no room. */
async function isFull(taking: Promise<unknown>): Promise<boolean> {
  try {
    await taking
    return false
  } catch (error) {
    expect(error).toMatchObject({ code: 'BUSY', reason: 'facts-full' })
    return true
  }
}

it('a contact that offers without end uses up its own share; everybody else, and every end, still finds room', async () => {
  const { ana, ben, time } = await twoSides()
  const eve = await side('eve', time)
  const own = await ana.consent.offer(offerTo(eve, time.nowMs()))
  const offer = async (from: Side, n: number): Promise<unknown> => {
    const { id } = await from.consent.offer({ ...offerTo(ana, time.nowMs()), manifest: bulky(n) })
    const { bytes, manifest } = from.consent.outbox(ana.household).find((entry) => entry.id === id)!
    return ana.consent.receiveGrant(bytes, manifest!, from.household)
  }
  let taken = 0
  for (let refused = false; !refused; taken += refused ? 0 : 1) {
    if (taken % 30 === 29) time.setWallClock(time.nowMs() + 2 * dayMs)
    for (const { id, state } of ana.consent.held()) if (state === 'OFFERED') await ana.consent.decline(id)
    refused = await isFull(offer(eve, taken))
  }
  expect(taken).toBeGreaterThan(20)
  expect(taken).toBeLessThan(100)
  // An ask that finds no room is answered as every other one.
  ana.consent.addManifest(sampleManifest)
  expect(await ask(ben, ana, time)).toBeDefined()
  await offer(ben, 1000)
  expect(ana.consent.held().filter(({ household }) => household === ben.household)).toHaveLength(1)
  const ended = eve.consent.grants()[0]!.id
  await eve.consent.revoke(ended)
  for (const { bytes } of eve.consent.outbox(ana.household).filter(({ kind }) => kind === 'revoke'))
    await ana.consent.receiveRevoke(bytes, eve.household)
  expect(ana.consent.held().find(({ id }) => id === ended)?.state).toBe('REVOKED')
  await deliver(ana, eve)
  await eve.consent.accept(own.id)
  for (const { bytes } of eve.consent.outbox(ana.household).filter(({ kind }) => kind === 'receipt'))
    await ana.consent.receiveReceipt(bytes, eve.household)
  expect(ana.consent.admit(callOf(eve)).allow).toBe(true)
  await ana.consent.block(eve.household, null)
  expect(ana.consent.admit(callOf(eve)).allow).toBe(false)
})
