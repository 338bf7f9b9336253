import { blockType, givenType, unblockType, type BlockBody, type GivenBody, type UnblockBody } from '@porchlight/consent'
import { callOf, dayMs, manualTime, sampleManifest, side, type Side } from '@porchlight/consent/testing'
import { open, type SignedType } from '@porchlight/wire'
import * as fc from 'fast-check'
import { expect } from 'vitest'
import { deviceOf, type DeviceSide } from '../../packages/consent/src/testing/devices.ts'
import { invariant, runs } from './invariant.ts'

const rooms = ['photos', 'diary'] as const
const { proto } = sampleManifest

/** One device gives a grant, and the contact accepts it there. */
async function give(device: DeviceSide, ben: Side, service: string, nowMs: number): Promise<void> {
  const { id } = await device.consent.offer({
    to: ben.household,
    manifest: sampleManifest,
    scopes: [{ id: 'use', locations: [service], max: {} }],
    purposes: [],
    expMs: nowMs + dayMs,
    shown: { text: 'May open.', lang: 'en' },
    service,
  })
  const entry = device.consent.outbox(ben.household).find((waiting) => waiting.id === id)!
  await ben.consent.receiveGrant(entry.bytes, entry.manifest!, device.household)
  await ben.consent.accept(id)
  const receipt = ben.consent.outbox(device.household).at(-1)!
  await device.consent.receiveReceipt(receipt.bytes, ben.household)
}

const factsOf = ({ consent }: DeviceSide) => consent.siblings.facts(null, 200).facts

async function bodiesOf<Body>(device: DeviceSide, kind: string, type: SignedType<Body>): Promise<{ id: string; body: Body }[]> {
  const opened = await Promise.all(
    factsOf(device)
      .filter((fact) => fact.kind === kind)
      .map(({ bytes }) => open(type, bytes)),
  )
  return opened.flatMap((each) => (each.ok ? [each.object] : []))
}

const steps = fc.array(
  fc.tuple(fc.constantFrom('give', 'give', 'block', 'block all', 'unblock', 'unblock all', 'tell'), fc.nat(1), fc.constantFrom(...rooms)),
  { minLength: 1, maxLength: 9 },
)

// Broken by: packages/consent/src/decide/decide.ts: `isBlocked: BlockCheck = unblocked,` → `_isBlocked: BlockCheck = unblocked, isBlocked = unblocked,`
invariant(16, async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (happened) => {
      const time = manualTime(Date.UTC(2026, 10, 22))
      const ben = await side('ben', time)
      const devices = [await deviceOf('ana', 'desktop', time), await deviceOf('ana', 'laptop', time)]
      for (const [what, at, room] of happened) {
        const device = devices[at]!
        time.advance(1000)
        if (what === 'give') await give(device, ben, room, time.nowMs()).catch(() => {})
        if (what === 'block') await device.consent.block(ben.household, proto)
        if (what === 'block all') await device.consent.block(ben.household, null)
        if (what === 'unblock') await device.consent.unblock(ben.household, proto)
        if (what === 'unblock all') await device.consent.unblock(ben.household, null)
        if (what === 'tell') await devices[1 - at]!.consent.siblings.learn(factsOf(device))
      }
      await devices[0]!.consent.siblings.learn(factsOf(devices[1]!))
      await devices[1]!.consent.siblings.learn(factsOf(devices[0]!))
      for (const device of devices) {
        const lifted = new Set(
          (await bodiesOf<UnblockBody>(device, 'unblock', unblockType)).flatMap(({ body }): readonly string[] => body.blocks),
        )
        const blocks = (await bodiesOf<BlockBody>(device, 'block', blockType)).filter(({ id }) => !lifted.has(id))
        const givens = await bodiesOf<GivenBody>(device, 'given', givenType)
        for (const room of rooms) {
          const mayBe = device.consent
            .grants()
            .filter(({ state, service }) => state === 'ACTIVE' && service === room)
            .some(({ id }) => {
              const seen = new Set<string>(givens.find(({ body }) => body.grant === id)?.body.blocks)
              return blocks.every((block) => seen.has(block.id))
            })
          expect(device.consent.admit(callOf(ben, room)).allow).toBe(mayBe)
        }
        await device.consent[Symbol.asyncDispose]()
      }
    }),
    { numRuns: runs },
  )
})
