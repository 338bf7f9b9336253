import { deviceIdOf } from '@porchlight/wire'
import { describe, expect, it } from 'vitest'
import { couldSign, listed, maySign, onceCouldSign } from './devices.ts'
import type { AnyDocument } from './document.ts'
import { all, atSec, committed, entry, family, following, plus, suspension } from './testing/chains.ts'

const f = await family()
const [d1, d2] = f.devices
const device = deviceIdOf(d2!)
const { genesis } = f.chain

/** A household whose second device holds these capabilities. */
const holding = async (caps: typeof all, exp: number | null = null) =>
  plus(f.chain, [await following(genesis, { root: f.roots[0]!, devices: [entry(d1!), entry(d2!, caps, exp)] })])

describe('who may sign what', () => {
  it.each([
    ...['grant', 'given', 'resume', 'unblock'].flatMap((type) => [
      [['serve', 'revoke', 'govern'], type, false],
      [['grant'], type, true],
    ]),
    ...['block', 'deny', 'pause', 'revoke', 'suspend', 'renounce', 'receipt', 'ask', 'audit', 'manifest', 'checkpoint', 'erase'].map(
      (type) => [[], type, true],
    ),
    [all, 'document', false],
    [all, 'something-new', false],
    [all, 'constructor', false],
  ] as [typeof all, string, boolean][])('holding %j may sign a %s: %s', async (caps, type, may) => {
    expect(maySign(await holding(caps), device, type, atSec)).toBe(may)
  })

  it('nobody who is suspended, expired or unknown', async () => {
    const chain = await holding(all, atSec + 1)
    expect(maySign(chain, device, 'revoke', atSec)).toBe(true)
    expect(maySign(chain, device, 'revoke', atSec + 1)).toBe(false)
    expect(maySign(await plus(chain, [await suspension(chain, chain.head, d1!, d2!)]), device, 'revoke', atSec)).toBe(false)
    expect(maySign(f.chain, device, 'revoke', atSec)).toBe(false)
  })

  it('the root, documents and nothing else', () => {
    expect(maySign(f.chain, genesis.body.root, 'document', atSec)).toBe(true)
    expect(maySign(f.chain, genesis.body.root, 'grant', atSec)).toBe(false)
  })

  it('while documents are in dispute nobody may grant, and anybody may revoke', async () => {
    const forks = await Promise.all([1, 2].map((at) => following(genesis, { root: f.roots[0]!, at })))
    const frozen = await plus(f.chain, forks)
    expect(maySign(frozen, deviceIdOf(d1!), 'grant', atSec)).toBe(false)
    expect(maySign(frozen, deviceIdOf(d1!), 'revoke', atSec)).toBe(true)
  })
})

it('what a device signed under an old document stays signed by a device of the household', async () => {
  const before = await holding(['grant'])
  const after = await plus(before, [await following(before.head, { root: f.roots[0]!, devices: [entry(d1!)] })])
  expect(maySign(after, device, 'grant', atSec)).toBe(false)
  expect(couldSign(after, before.head.id, device, 'grant', atSec)).toBe(true)
  expect(couldSign(after, after.head.id, device, 'grant', atSec)).toBe(false)
  expect(couldSign(after, genesis.id, device, 'grant', atSec)).toBe(false)
  expect(couldSign(after, before.head.id, genesis.body.root, 'document', atSec)).toBe(false)
})

describe('under a document that an object names', () => {
  it('nobody could sign an unknown type, a document, or under a document that is not of the chain', async () => {
    const chain = await holding(all)
    expect(couldSign(chain, chain.head.id, device, 'grant', atSec)).toBe(true)
    expect(couldSign(chain, chain.head.id, device, 'something-new', atSec)).toBe(false)
    expect(couldSign(chain, chain.head.id, device, 'document', atSec)).toBe(false)
    expect(couldSign(f.chain, chain.head.id, device, 'revoke', atSec)).toBe(false)
    expect(couldSign(chain, genesis.id, device, 'revoke', atSec)).toBe(false)
  })

  it('a device could sign until the second of its expiry, and what it held', async () => {
    const chain = await holding(['serve'], atSec + 1)
    expect(couldSign(chain, chain.head.id, device, 'revoke', atSec)).toBe(true)
    expect(couldSign(chain, chain.head.id, device, 'revoke', atSec + 1)).toBe(false)
    expect(couldSign(chain, chain.head.id, device, 'grant', atSec)).toBe(false)
  })

  it('a device once could what any of them let it', async () => {
    const before = await holding(['grant'])
    const after = await plus(before, [await following(before.head, { root: f.roots[0]!, devices: [entry(d1!)] })])
    expect(onceCouldSign(after, device, 'grant')).toBe(true)
    expect(onceCouldSign(after, device, 'something-new')).toBe(false)
    expect(onceCouldSign(f.chain, device, 'revoke')).toBe(false)
  })
})

describe('while documents are in dispute', () => {
  const fork = (devices: ReturnType<typeof entry>[], at: number, before: AnyDocument = genesis) =>
    following(before, { root: f.roots[0]!, devices, at })

  it('a device is listed when all name it, until the earliest end that any of them says', async () => {
    const both = await fork([entry(d1!, all, 90), entry(d2!, all, null)], 0)
    const ends = await Promise.all([
      fork([entry(d1!, all, 70), entry(d2!, all, 60)], 1, both),
      fork([entry(d1!, all, 80), entry(d2!, all, null)], 2, both),
    ])
    expect(listed(await plus(f.chain, [both, ...ends]))).toEqual([entry(d1!, all, 70), entry(d2!, all, 60)])
    const without = await Promise.all([fork([entry(d1!)], 1, both), fork([entry(d1!), entry(d2!)], 2, both)])
    expect(listed(await plus(f.chain, [both, ...without]))).toEqual([entry(d1!, all, 90)])
  })

  it('every root that signed an end of it may sign a document', async () => {
    const rotations = await Promise.all([2, 3].map((n) => following(genesis, { root: f.roots[1]!, next: committed(f.roots[n]!) })))
    const after = await following(rotations[0]!, { root: f.roots[2]!, next: committed(f.roots[4]!) })
    const chain = await plus(f.chain, [...rotations, after])
    for (const root of [f.roots[1]!, f.roots[2]!]) expect(maySign(chain, deviceIdOf(root), 'document', atSec)).toBe(true)
    for (const root of [f.roots[0]!, f.roots[3]!]) expect(maySign(chain, deviceIdOf(root), 'document', atSec)).toBe(false)
  })
})
