import { deviceIdOf } from '@porchlight/wire'
import { describe, expect, it } from 'vitest'
import { couldSign, maySign } from './devices.ts'
import { all, atSec, entry, family, following, plus, suspension } from './testing/chains.ts'

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
    ...['block', 'deny', 'pause', 'revoke', 'suspend', 'renounce', 'receipt', 'ask', 'audit', 'manifest', 'checkpoint'].map((type) => [
      [],
      type,
      true,
    ]),
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
