import { limits } from '@porchlight/core'
import { deviceIdOf, seal } from '@porchlight/wire'
import { describe, expect, it } from 'vitest'
import { chainBytes, extendChain, isFrozen, openChain, type Chain } from './chain.ts'
import { devicesInForce, isSuspended, listed } from './devices.ts'
import { suspendType } from './suspension.ts'
import { all, atSec, bytesOfAll, committed, entry, family, following, gist, plus, suspension } from './testing/chains.ts'

const f = await family()
const [d1, d2, d3] = f.devices
const [r0, r1, r2, r3] = f.roots
const { genesis } = f.chain
const names = (chain: Chain, nowSec = atSec): string[] =>
  devicesInForce(chain, nowSec).map(({ key }) => `d${f.devices.findIndex((device) => deviceIdOf(device) === key) + 1}`)
/** d1 and d2. */
const two = await following(genesis, { root: r0!, devices: [entry(d1!), entry(d2!, ['serve'])] })
const refusals = async (chain: Chain, objects: Parameters<typeof bytesOfAll>[0]) =>
  (await extendChain(chain, bytesOfAll(objects))).refused.map(({ because }) => because)

describe('a document that follows another', () => {
  it('says which devices speak for the household from then on', async () => {
    const chain = await plus(f.chain, [two])
    expect(names(f.chain)).toEqual(['d1'])
    expect(names(chain)).toEqual(['d1', 'd2'])
    expect(chain.head.id).toBe(two.id)
    expect(chain.household).toBe(f.chain.household)
  })

  it('may be signed by the committed root, and by no other one', async () => {
    const rotation = await following(genesis, { root: r1!, next: committed(r2!) })
    const stranger = await following(genesis, { root: r3!, next: committed(r2!) })
    expect(await refusals(f.chain, [rotation])).toEqual([])
    expect(await refusals(f.chain, [stranger])).toEqual(['document-root'])
  })

  it('under the same root cannot change what was committed to: today’s root must not choose tomorrow’s', async () => {
    expect(await refusals(f.chain, [await following(genesis, { root: r0!, next: committed(r3!) })])).toEqual(['document-next'])
  })

  it.each([
    ['a number that is not the next one', { seq: 2 }, 'document-seq'],
    ['another predecessor', { prev: two.id, seq: 1 }, 'document-prev'],
    ['its own root as the next one', { next: committed(r0!) }, 'document-next'],
  ] as const)('with %s is refused', async (_, change, because) => {
    expect(await refusals(f.chain, [await following(genesis, { root: r0!, ...change })])).toEqual([because])
  })

  it('of another household is refused, and the chain stays as it was', async () => {
    const other = await family(5)
    const theirs = await following(other.chain.genesis, { root: other.roots[0]! })
    const { chain, refused } = await extendChain(f.chain, bytesOfAll([theirs, other.chain.genesis]))
    expect(refused.map(({ because }) => because)).toEqual(['document-prev', 'document-prev'])
    expect(chain).toBe(f.chain)
  })

  it('replayed, an older one changes nothing', async () => {
    const chain = await plus(f.chain, [two, await following(two, { root: r0!, devices: [entry(d2!)] })])
    expect((await extendChain(chain, bytesOfAll([genesis, two]))).chain).toBe(chain)
    expect(names(chain)).toEqual(['d2'])
  })
})

describe('two documents with the same number', () => {
  it('freeze: nobody new speaks, and only who is in all of them goes on', async () => {
    const other = await following(genesis, { root: r0!, devices: [entry(d1!, ['serve'], atSec + 9), entry(d3!)] })
    const chain = await plus(f.chain, [two, other])
    expect(isFrozen(chain)).toBe(true)
    expect(chain.head.id).toBe(genesis.id)
    expect(listed(chain)).toEqual([entry(d1!, ['serve'], atSec + 9)])
  })

  it('freeze even when both name a device that the last undisputed one did not', async () => {
    const other = await following(two, { root: r0!, devices: [entry(d1!), entry(d3!)], at: atSec + 1 })
    const same = await following(two, { root: r0!, devices: [entry(d1!), entry(d3!)], at: atSec + 2 })
    expect(names(await plus(f.chain, [two, other, same]))).toEqual(['d1'])
  })

  it('are settled by a rotation, which wins over whatever the old root signed, before it or after', async () => {
    const thief = await following(two, { root: r0!, devices: [entry(d3!)] })
    const rotation = await following(two, { root: r1!, next: committed(r2!), devices: [entry(d1!)] })
    const late = await following(genesis, { root: r0!, devices: [entry(d3!)] })
    const frozen = await plus(f.chain, [two, thief, late])
    expect(isFrozen(frozen)).toBe(true)
    const settled = await plus(frozen, [rotation])
    expect(isFrozen(settled)).toBe(false)
    expect(names(settled)).toEqual(['d1'])
    expect(gist(await plus(settled, [thief, late]))).toEqual(gist(settled))
  })

  it('that are both rotations stay in dispute, until one that both committed to follows', async () => {
    const one = await following(genesis, { root: r1!, next: committed(r2!), devices: [entry(d1!), entry(d2!)] })
    const other = await following(genesis, { root: r1!, next: committed(r2!), devices: [entry(d1!), entry(d3!)] })
    const chain = await plus(f.chain, [one, other])
    expect([isFrozen(chain), names(chain)]).toEqual([true, ['d1']])
    const settled = await plus(chain, [await following(other, { root: r2!, next: committed(r3!), devices: [entry(d2!)] })])
    expect([isFrozen(settled), names(settled)]).toEqual([false, ['d2']])
  })

  it('that are rotations to different next roots stay in dispute for good', async () => {
    const one = await following(genesis, { root: r1!, next: committed(r2!) })
    const other = await following(genesis, { root: r1!, next: committed(r3!) })
    const later = await following(one, { root: r2!, next: committed(f.roots[4]!) })
    expect(isFrozen(await plus(f.chain, [one, other, later]))).toBe(true)
  })
})

const base = await plus(f.chain, [two])

describe('a suspension', () => {
  const of = (doc = two, by = d1!, device = d2!) => suspension(base, doc, by, device)

  it('by any device of the household takes a device out, one without any capability too', async () => {
    const bare = await following(two, { root: r0!, devices: [entry(d1!), entry(d2!, [])] })
    const chain = await plus(base, [bare, await of(bare, d2, d1)])
    expect(names(chain)).toEqual(['d2'])
    expect(isSuspended(chain, deviceIdOf(d1!))).toBe(true)
  })

  it('reaches the documents after it that go on naming the device, also ones made by somebody who had not seen it', async () => {
    const next = await following(two, { root: r0!, devices: [entry(d2!), entry(d3!)] })
    expect(names(await plus(base, [next, await of()]))).toEqual(['d3'])
    expect(names(await plus(await plus(base, [await of()]), [next]))).toEqual(['d3'])
  })

  it('ends when the device is taken out and put in anew, or the root rotates', async () => {
    const without = await following(two, { root: r0!, devices: [entry(d1!)] })
    const again = await following(without, { root: r0!, devices: [entry(d1!), entry(d2!)] })
    const chain = await plus(base, [await of()])
    expect(names(await plus(chain, [without, again]))).toEqual(['d1', 'd2'])
    expect(names(await plus(chain, [await following(two, { root: r1!, next: committed(r2!) })]))).toEqual(['d1', 'd2'])
  })

  it('by two devices of each other takes both out, in any order', async () => {
    const [one, other] = await Promise.all([of(two, d1, d2), of(two, d2, d1)])
    expect(names(await plus(await plus(base, [one]), [other]))).toEqual([])
    expect(names(await plus(await plus(base, [other]), [one]))).toEqual([])
  })

  it('is kept once a device, however many a thief signs', async () => {
    const chain = await plus(base, await Promise.all(Array.from({ length: 20 }, () => of())))
    expect(chain.suspensions).toHaveLength(1)
  })

  it('is that with the least id, in whatever order they came, and the chain lists them by id', async () => {
    const both = await Promise.all([of(), of(), of(two, d2, d1), of(two, d2, d1)])
    const byId = (one: { id: string }, other: { id: string }): number => (one.id < other.id ? -1 : 1)
    const least = [both.slice(0, 2), both.slice(2)].map((same) => same.toSorted(byId)[0]!).toSorted(byId)
    for (const order of [both, both.toReversed()]) {
      let chain = base
      for (const each of order) chain = await plus(chain, [each])
      expect(chain.suspensions.map(({ id }) => id)).toEqual(least.map(({ id }) => id))
    }
  })

  it('goes with the device, and stays as long as any end of a dispute names it by that listing', async () => {
    const chain = await plus(base, [await of()])
    const without = await following(two, { root: r0!, devices: [entry(d1!)] })
    const withIt = await following(two, { root: r0!, devices: [entry(d1!), entry(d2!)], at: 1 })
    expect((await plus(chain, [without])).suspensions).toEqual([])
    const disputed = await plus(chain, [without, withIt])
    expect(disputed.suspensions.map(({ body }) => body.device)).toEqual([deviceIdOf(d2!)])
  })

  it('goes when the end of each branch of a dispute took the device out, whoever named it before', async () => {
    const chain = await plus(base, [await of()])
    const kept = await following(two, { root: r0!, devices: [entry(d1!), entry(d2!)], at: 1 })
    const ends = [await following(kept, { root: r0!, devices: [entry(d1!)] }), await following(two, { root: r0!, devices: [entry(d1!)] })]
    expect((await plus(chain, [kept, ...ends])).suspensions).toEqual([])
  })

  it('is signed by the device that it names as its signer', async () => {
    const { body } = await of()
    const { bytes } = await seal(suspendType, body, d3!)
    expect((await extendChain(base, { documents: [], suspensions: [bytes] })).refused).toEqual([
      { what: 'suspension', at: 0, because: 'signer' },
    ])
  })

  it('by a device whose end has not come is taken', async () => {
    const short = await following(two, { root: r0!, devices: [entry(d1!), entry(d2!, all, atSec + 1)] })
    expect(await refusals(await plus(base, [short]), [await of(short, d2, d1)])).toEqual([])
  })

  it.each([
    ['by a device that the document does not name', () => of(two, d3, d2), 'suspend-signer'],
    ['of a device that the document does not name', () => of(two, d1, d3), 'suspend-device'],
    ['under a document that nobody knows', async () => of(await following(two, { root: r0!, at: 1 })), 'suspend-document'],
    ['of another household', async () => suspension((await family(5)).chain, two, d1!, d2!), 'suspend-household'],
    ['under a wrong number', () => of({ ...two, body: { ...two.body, seq: 7 } }), 'suspend-document'],
  ])('%s is refused', async (_, made, because) => {
    expect(await refusals(base, [await made()])).toEqual([because])
  })

  it('by a device that had expired is refused', async () => {
    const short = await following(two, { root: r0!, devices: [entry(d1!), entry(d2!, all, atSec)] })
    expect(await refusals(await plus(base, [short]), [await of(short, d2, d1)])).toEqual(['suspend-signer'])
  })
})

describe('a device', () => {
  it('ends with the second of its expiry', async () => {
    const chain = await plus(f.chain, [await following(genesis, { root: r0!, devices: [entry(d1!, all, atSec + 10)] })])
    expect([names(chain, atSec + 9), names(chain, atSec + 10)]).toEqual([['d1'], []])
  })
})

describe('the bytes of a chain', () => {
  it('open to the same chain', async () => {
    const chain = await plus(f.chain, [two, await suspension(f.chain, two, d1!, d2!)])
    expect(gist(await openChain(chainBytes(chain)))).toEqual(gist(chain))
    expect((await extendChain(chain, chainBytes(chain))).chain).toBe(chain)
  })

  it('open only whole: one object that does not belong refuses all', async () => {
    const { documents, suspensions } = chainBytes(await plus(f.chain, [two]))
    await expect(openChain({ documents: [], suspensions: [] })).rejects.toMatchObject({
      code: 'BAD_REQUEST',
      reason: 'document-missing',
      message: 'a chain without a document',
    })
    await expect(openChain({ documents: documents.slice(1), suspensions })).rejects.toMatchObject({ reason: 'document-seq' })
    await expect(openChain({ documents: [...documents, documents[1]!.slice(0, -1)], suspensions })).rejects.toMatchObject({
      reason: 'envelope',
    })
    await expect(openChain({ documents, suspensions: [documents[1]!] })).rejects.toMatchObject({
      code: 'BAD_REQUEST',
      reason: 'type',
      message: 'not a chain: a suspension is refused, type',
    })
  })

  it('past the limit are not looked at', async () => {
    const documents = new Array(40).fill(new Uint8Array(limits.objectLimitBytes)) as Uint8Array[]
    await expect(extendChain(f.chain, { documents, suspensions: [] })).rejects.toMatchObject({
      code: 'TOO_LARGE',
      message: `chain of 40 objects and ${40 * limits.objectLimitBytes} bytes, limits ${2 * limits.documentsPerChain} and ${limits.chainLimitBytes}`,
    })
  })

  it('are looked at up to so many objects, documents and suspensions together', async () => {
    const some = (count: number) => new Array<Uint8Array>(count).fill(new Uint8Array(1))
    const most = 2 * limits.documentsPerChain
    expect((await extendChain(f.chain, { documents: some(most - 1), suspensions: some(1) })).refused).toHaveLength(most)
    await expect(extendChain(f.chain, { documents: some(most), suspensions: some(1) })).rejects.toMatchObject({ code: 'TOO_LARGE' })
  })

  it('of a flood by the holder of the root do not keep out a suspension, nor a rotation', async () => {
    let last = two
    const flood = [two]
    while (flood.length < limits.documentsPerChain - 1) flood.push((last = await following(last, { root: r0!, devices: two.body.devices })))
    const full = await plus(f.chain, flood)
    expect(full.documents).toHaveLength(limits.documentsPerChain)
    const more = await following(last, { root: r0! })
    const { chain, refused } = await extendChain(full, bytesOfAll([more, await suspension(full, last, d1!, d2!)]))
    expect(refused).toEqual([{ what: 'document', at: 0, because: 'chain-full' }])
    expect(names(chain)).toEqual(['d1'])
    const rotation = await following(two, { root: r1!, next: committed(r2!), devices: [entry(d1!)] })
    expect((await plus(chain, [rotation])).documents.map(({ id }) => id)).toEqual([genesis.id, two.id, rotation.id])
  })
})

it('a refusal says which of the objects that were given it is about', async () => {
  const good = await suspension(base, two, d1!, d2!)
  const fault = await following(genesis, { root: r0!, seq: 2 })
  const lost = await following(fault, { root: r0! })
  const documents = [two.bytes, fault.bytes, two.bytes.slice(1), lost.bytes]
  const { refused } = await extendChain(f.chain, { documents, suspensions: [good.bytes, good.bytes.slice(1)] })
  expect(refused).toEqual([
    { what: 'document', at: 1, because: 'document-seq' },
    { what: 'document', at: 2, because: 'envelope' },
    { what: 'document', at: 3, because: 'document-prev' },
    { what: 'suspension', at: 1, because: 'envelope' },
  ])
})
