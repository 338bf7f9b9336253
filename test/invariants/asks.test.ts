import { limits, type ManifestBody } from '@porchlight/core'
import { cardHash, checkManifest, tickedScopes } from '@porchlight/consent'
import { ask, memoryLedger, offerTo, sampleManifest, side, twoSides, type Side } from '@porchlight/consent/testing'
import * as fc from 'fast-check'
import { expect } from 'vitest'
import { invariant, runs } from './invariant.ts'

const day = 86_400_000

// Broken by: packages/consent/src/owner/ask-quota.ts: `if (sameDoor >= limits.asksPendingPerProtocol) return 'pending-for-this'` → ``
invariant(24, async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.constantFrom('ben', 'eva', 'dan'), fc.constantFrom('photos', 'wiki', 'mail', 'diary', 'day', 'deny')), {
        maxLength: 20,
      }),
      async (happened) => {
        const { ana, ben, time } = await twoSides()
        ana.consent.addManifest(sampleManifest)
        const askers: Record<string, Side> = { ben, eva: await side('eva', time), dan: await side('dan', time) }
        for (const [name, what] of happened) {
          const asker = askers[name]!
          const before = ana.consent.asks().filter(({ state }) => state === 'PENDING')
          if (what === 'day') {
            time.setWallClock(time.nowMs() + day)
            time.advance(limits.expirySweepMs)
            await ana.consent.verifyLog()
            continue
          }
          if (what === 'deny') {
            const [first] = before
            if (first) await ana.consent.deny(first.id)
            continue
          }
          await ask(asker, ana, time, { service: what }).catch(() => undefined)
          const after = ana.consent.asks().filter(({ state, lapseMs }) => state === 'PENDING' && lapseMs > time.nowMs())
          // Nothing that waited went away to make room.
          for (const { id, lapseMs } of before) if (lapseMs > time.nowMs()) expect(after.map((left) => left.id)).toContain(id)
          const ofAsker = after.filter(({ household }) => household === asker.household)
          expect(ofAsker.length).toBeLessThanOrEqual(limits.asksPendingPerContact)
          expect(ofAsker.filter(({ service }) => service === what).length).toBeLessThanOrEqual(limits.asksPendingPerProtocol)
          const today = ana.consent
            .asks()
            .filter(({ household, receivedMs }) => household === asker.household && time.nowMs() - receivedMs < day)
          expect(today.length).toBeLessThanOrEqual(limits.asksPerContactPerDay)
        }
      },
    ),
    { numRuns: Math.min(runs, 10_000) },
  )
  await fullInbox()
})

/** As many contacts as it takes to fill the inbox, and one more. */
async function fullInbox(): Promise<void> {
  const { ana, time } = await twoSides()
  ana.consent.addManifest(sampleManifest)
  const rooms = ['photos', 'wiki', 'mail'].slice(0, limits.asksPendingPerContact)
  for (let n = 0; n * rooms.length < limits.asksPending; n += 1) {
    const asker = await side(`asker ${n}`, time)
    for (const service of rooms) await ask(asker, ana, time, { service })
    await asker.consent[Symbol.asyncDispose]()
  }
  const full = ana.consent.asks().map(({ id }) => id)
  expect(full).toHaveLength(limits.asksPending)
  expect(await ask(await side('one more', time), ana, time)).toBeUndefined()
  expect(ana.consent.asks().map(({ id }) => id)).toEqual(full)
}

const shownTexts = fc.string({ unit: fc.constantFrom('a', 'ä', '“', ' ', '\n', '世', '{', '}'), minLength: 1, maxLength: 60 })

// Broken by: packages/consent/src/objects/terms.ts: `return { hash: idOf(bytes), lang: shown.lang }` → `return { hash: idOf(bytes.slice(1)), lang: shown.lang }`
invariant(25, async () => {
  await fc.assert(
    fc.asyncProperty(shownTexts, async (text) => {
      const ledger = memoryLedger()
      const { ana, ben, time } = await twoSides({ ana: ledger })
      const made = await ana.consent.offer({ ...offerTo(ben, time.nowMs()), shown: { text, lang: 'en' } })
      await ana.consent[Symbol.asyncDispose]()
      const restarted = await ana.reopen()
      const kept = restarted.consent.grants().find(({ id }) => id === made.id)!
      expect(kept.shown).toEqual({ text, lang: 'en' })
      const record = (await ledger.load()).grants.find(({ id }) => id === made.id)!
      expect(record.body.shown).toEqual({ hash: cardHash(text), lang: 'en' })
    }),
    { numRuns: runs },
  )
})

// Broken by: packages/consent/src/objects/manifest-check.ts: `manifest.scopes.filter(({ required }) => required).map` → `manifest.scopes.map`
invariant(26, () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { minLength: 1, maxLength: 6 }), (required) => {
      const manifest: ManifestBody = {
        ...sampleManifest,
        scopes: required.map((isRequired, at) => ({ ...sampleManifest.scopes[0]!, id: `scope${at}`, required: isRequired })),
      }
      if (checkManifest(manifest).length > 0) {
        expect(required).not.toContain(true)
        return
      }
      expect(tickedScopes(manifest)).toEqual(manifest.scopes.filter((scope) => scope.required).map(({ id }) => id))
    }),
    { numRuns: runs },
  )
})
