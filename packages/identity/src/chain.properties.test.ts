import type { DeviceId } from '@porchlight/core'
import { deviceIdOf } from '@porchlight/wire'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { chainBytes, extendChain, tips, type Chain } from './chain.ts'
import { devicesInForce } from './devices.ts'
import type { AnyDocument } from './document.ts'
import { listingOf } from './listing.ts'
import type { Suspension } from './suspension.ts'
import { atSec, bytesOfAll, committed, entry, family, following, plus, suspension } from './testing/chains.ts'

const f = await family(3)
const [own, , , thief] = f.devices
const objectsMost = 8

/** What one hand does next: which document it stands on, and what it makes of it. */
type Step = { on: number; devices: number; kind: 'continue' | 'rotate' | 'suspend'; by: number; whom: number }
const step = (kinds: Step['kind'][]): fc.Arbitrary<Step> =>
  fc.record({
    on: fc.nat(objectsMost),
    devices: fc.integer({ min: 1, max: 15 }),
    kind: fc.constantFrom(...kinds),
    by: fc.nat(3),
    whom: fc.nat(3),
  })
const history = (kinds: Step['kind'][]) => fc.array(step(kinds), { minLength: 1, maxLength: objectsMost })

interface Told {
  readonly documents: AnyDocument[]
  readonly suspensions: Suspension[]
}
/** Makes what the steps say, each signed by the right root for where it stands. */
async function told(steps: readonly Step[], start: Told = { documents: [f.chain.genesis], suspensions: [] }): Promise<Told> {
  const documents = [...start.documents]
  const suspensions = [...start.suspensions]
  for (const { on, devices, kind, by, whom } of steps) {
    const before = documents[on % documents.length]!
    const n = f.roots.findIndex((root) => deviceIdOf(root) === before.body.root)
    const entries = f.devices.filter((_, at) => devices & (1 << at)).map((device) => entry(device))
    const at = atSec + documents.length
    if (kind === 'suspend') suspensions.push(await suspension(f.chain, before, f.devices[by]!, f.devices[whom]!))
    else if (kind === 'continue') documents.push(await following(before, { root: f.roots[n]!, devices: entries, at }))
    else if (n < 3)
      documents.push(await following(before, { root: f.roots[n + 1]!, next: committed(f.roots[n + 2]!), devices: entries, at }))
  }
  return { documents, suspensions }
}

const objectsOf = ({ documents, suspensions }: Told): (AnyDocument | Suspension)[] => [...documents.slice(1), ...suspensions]

/** An object with the documents that it stands on: what somebody who knows it knows. */
function withAncestors(all: Told, object: AnyDocument | Suspension): (AnyDocument | Suspension)[] {
  const on = 'root' in object.body ? object.body.prev : object.body.doc
  const before = all.documents.find(({ id }) => id === on)
  return before ? [...withAncestors(all, before), object] : [object]
}

/**
 * What two who know the same must agree on. A suspension of a device that no undisputed document names is not among it: whoever saw it only
 * then did not keep it, and a dispute that names the device again gives it nothing, as both sides of a dispute would have to.
 */
const meaning = (chain: Chain): unknown => ({
  documents: chainBytes(chain).documents,
  head: chain.head.id,
  disputed: chain.disputed.map(({ id }) => id),
  inForce: devicesInForce(chain, atSec),
})

it('households that show each other what they know end up knowing the same, in whatever order they learned it and met', async () => {
  await fc.assert(
    fc.asyncProperty(history(['continue', 'continue', 'rotate', 'suspend']), fc.infiniteStream(fc.nat()), async (steps, dice) => {
      const die = (most: number): number => (dice.next().value as number) % most
      const made = await told(steps)
      const objects = objectsOf(made)
      const peers: Chain[] = [f.chain, f.chain, f.chain]
      for (const object of objects.map((each) => ({ each, at: die(1000) })).toSorted((a, b) => a.at - b.at)) {
        const at = die(peers.length)
        peers[at] = await plus(peers[at]!, withAncestors(made, object.each))
      }
      for (let meetings = 0; meetings < 6; meetings++) {
        const [one, other] = [die(3), die(3)]
        peers[one] = (await extendChain(peers[one]!, chainBytes(peers[other]!))).chain
      }
      for (const [one, other] of [
        [0, 1],
        [1, 2],
        [2, 0],
        [0, 1],
        [1, 2],
      ] as const)
        peers[other] = (await extendChain(peers[other]!, chainBytes(peers[one]!))).chain
      const whole = meaning(await plus(f.chain, objects))
      for (const peer of peers) expect(meaning(peer)).toEqual(whole)
    }),
    { numRuns: 150 },
  )
}, 120_000)

it('a thief of today’s root and of a device key speaks for nobody once the owner rotated, whatever they signed and whenever it is seen', async () => {
  await fc.assert(
    fc.asyncProperty(history(['continue', 'continue', 'suspend']), fc.nat(objectsMost), fc.boolean(), async (steps, on, first) => {
      const stolen = await told(steps)
      const owners = await following(stolen.documents[on % stolen.documents.length]!, {
        root: f.roots[1]!,
        next: committed(f.roots[2]!),
        devices: [entry(own!)],
      })
      const all = { documents: [...stolen.documents, owners], suspensions: stolen.suspensions }
      const early = first ? withAncestors(all, owners) : objectsOf(stolen)
      const chain = await plus(await plus(f.chain, early), objectsOf(all))
      expect(devicesInForce(chain, atSec).map(({ key }) => key)).toEqual([deviceIdOf(own!)])
      const after = await plus(chain, [
        await following(owners, { root: f.roots[0]!, next: committed(f.roots[1]!), devices: [entry(thief!)] }),
        await suspension(f.chain, owners, thief!, own!),
      ])
      expect(after).toBe(chain)
    }),
    { numRuns: 150 },
  )
}, 120_000)

it('a suspension that was taken in holds as long as the device keeps its listing, whatever comes', async () => {
  await fc.assert(
    fc.asyncProperty(
      history(['continue', 'rotate', 'suspend']),
      history(['continue', 'continue', 'rotate', 'suspend']),
      async (early, late) => {
        const begun = await told(early)
        const chain = await plus(f.chain, objectsOf(begun))
        const after = await plus(chain, objectsOf(await told(late, begun)))
        const listings = (of: Chain, device: DeviceId) => {
          const known = new Map(of.documents.map((document) => [document.id, document]))
          return tips(of).map((tip) => listingOf(known, tip, device))
        }
        for (const { body } of chain.suspensions) {
          const before = listings(chain, body.device)
          if (listings(after, body.device).some((listing) => !before.includes(listing))) continue
          expect(devicesInForce(after, atSec).map(({ key }) => key)).not.toContain(body.device)
        }
      },
    ),
    { numRuns: 150 },
  )
}, 120_000)

it('no bytes, however they were changed, are taken for an object of the household', async () => {
  const { documents } = bytesOfAll([await following(f.chain.genesis, { root: f.roots[0]! })])
  const [document] = documents
  for (let at = 0; at < document!.byteLength; at++) {
    const changed = document!.slice()
    changed[at]! ^= 1
    const cut = await extendChain(f.chain, { documents: [changed, document!.slice(0, at)], suspensions: [changed] })
    expect([cut.chain === f.chain, cut.refused.length]).toEqual([true, 3])
  }
})
