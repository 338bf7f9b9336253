import { limits, type HouseholdId } from '@porchlight/core'
import { idOf } from '@porchlight/wire'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { grantCauses } from '../states/causes.ts'
import { activeGrant, ask, callOf, dayMs, householdOf, offerTo, sampleManifest, twoSides } from '../testing/index.ts'
import { explain, type ExplainedGrant } from './explain.ts'

const call = (ben: { household: Parameters<typeof explain>[0]['household'] }, scope: string, location: string) => ({
  household: ben.household,
  protocol: sampleManifest.proto,
  scope,
  location,
})

/** Not every step fits every state. */
const refused = (): void => {}

describe('explain', () => {
  it('says what the gate does, in every state that a household can get into', async () => {
    const step = fc.oneof(
      fc.record({ do: fc.constantFrom('offer', 'give', 'later', 'revoke', 'renounce', 'panic', 'resume', 'halt', 'unhalt', 'day') }),
      fc.record({ do: fc.constantFrom('suspend', 'clear'), cause: fc.constantFrom(...grantCauses) }),
    )
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ step, at: fc.nat(3), room: fc.constantFrom('photos', 'music', 'photos/2026') }), { maxLength: 10 }),
        async (steps) => {
          const { ana, ben, time } = await twoSides()
          for (const { step: one, at, room } of steps) {
            const grant = ana.consent.grants()[at]
            if (one.do === 'offer') await ana.consent.offer(offerTo(ben, time.nowMs(), room)).catch(refused)
            if (one.do === 'give') await activeGrant(ana, ben, time.nowMs(), room).catch(refused)
            if (one.do === 'later')
              await ana.consent.offer({ ...offerTo(ben, time.nowMs(), room), nbfMs: time.nowMs() + dayMs }).catch(refused)
            if (one.do === 'panic') await ana.consent.panic()
            if (one.do === 'resume') await ana.consent.resume().catch(refused)
            if (one.do === 'halt') await ana.consent.halt('locked').then(() => ana.consent.halt('rollback'))
            if (one.do === 'unhalt') await ana.consent.unhalt('locked').then(() => ana.consent.unhalt('rollback'))
            if (one.do === 'day') time.setWallClock(time.nowMs() + 20 * dayMs)
            if (grant && one.do === 'revoke') await ana.consent.revoke(grant.id).catch(refused)
            if (grant && one.do === 'renounce') await ben.consent.renounce(grant.id).catch(refused)
            if (grant && 'cause' in one) await ana.consent[one.do](grant.id, one.cause)
          }
          for (const location of ['photos', 'music', 'photos/2026/may', 'photosx', '', 'a/../b'])
            for (const scope of ['use', 'upload', 'nothing']) {
              const verdict = ana.consent.admit({ ...callOf(ben, location), scope })
              const why = ana.consent.explain(call(ben, scope, location))
              expect([why.allow, why.because]).toEqual(verdict.allow ? [true, null] : [false, verdict.because])
              if (verdict.allow) {
                expect(why.grant).toBe(verdict.grant)
                verdict.done()
              }
            }
        },
      ),
      { numRuns: 40 },
    )
  })

  it('names every grant for the protocol and what it lacks, the nearest to a yes first', async () => {
    const { ana, ben, time } = await twoSides()
    const photos = await activeGrant(ana, ben, time.nowMs())
    const music = await activeGrant(ana, ben, time.nowMs(), 'music')
    await ana.consent.suspend(music.id, 'quota')
    expect(ana.consent.explain(call(ben, 'use', 'music'))).toEqual({
      allow: false,
      because: 'not-active',
      grant: null,
      halts: [],
      cooldown: null,
      rulings: [
        { grant: music.id, because: 'not-active', causes: ['quota'] },
        { grant: photos.id, because: 'location', causes: [] },
      ],
    })
    await ana.consent.panic()
    expect(ana.consent.explain(call(ben, 'use', 'photos'))).toMatchObject({
      allow: false,
      because: 'halted',
      grant: photos.id,
      halts: ['paused'],
    })
  })

  it('leaves out grants to others and for other protocols, and says of a household that is on its way out that it is', () => {
    const given = (name: string, household: HouseholdId, protocol: string): ExplainedGrant => ({
      id: idOf(new TextEncoder().encode(name)),
      household,
      protocol,
      state: 'ACTIVE',
      causes: [],
      body: { nbf: 0, exp: 9, scopes: [{ id: 'use', locations: ['photos'], max: {} }] },
    })
    const ben = householdOf('ben')
    const grants = [
      given('to another', householdOf('cem'), sampleManifest.proto),
      given('for another protocol', ben, '/porchlight/other/1'),
      given('this one', ben, sampleManifest.proto),
    ]
    const standing = { grants, halts: [], barred: true }
    expect(explain(call({ household: ben }, 'use', 'photos'), standing, 5_000)).toEqual({
      allow: false,
      because: 'barred',
      grant: grants[2]!.id,
      halts: [],
      rulings: [{ grant: grants[2]!.id, because: null, causes: [] }],
    })
  })

  it('says until when a contact may not ask again, up to that moment, and for good where it is blocked', async () => {
    const { ana, ben, time } = await twoSides()
    ana.consent.addManifest(sampleManifest)
    const cooldown = () => ana.consent.explain(call(ben, 'use', 'photos')).cooldown
    expect(cooldown()).toBeNull()
    for (let denials = 1; denials <= 3; denials++) {
      const asked = await ask(ben, ana, time)
      await ana.consent.deny(asked!.id)
      const { untilMs, blocked } = cooldown()!
      expect(blocked).toBe(false)
      time.setWallClock(untilMs - 1)
      expect(cooldown()).toEqual({ untilMs, blocked: false })
      time.setWallClock(untilMs)
      expect(cooldown()).toBeNull()
      time.advance(limits.expirySweepMs)
      for (let turn = 0; turn < 3; turn++) for (const { consent } of [ana, ben]) await consent.verifyLog()
      time.setWallClock(untilMs + 60 * dayMs)
      time.advance(limits.expirySweepMs)
      for (let turn = 0; turn < 3; turn++) for (const { consent } of [ana, ben]) await consent.verifyLog()
    }
    const last = await ask(ben, ana, time)
    await ana.consent.deny(last!.id)
    time.setWallClock(time.nowMs() + 4000 * dayMs)
    expect(cooldown()).toEqual({ untilMs: 0, blocked: true })
  })
})
