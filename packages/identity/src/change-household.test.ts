import { limits } from '@porchlight/core'
import { deviceIdOf, keyFromSeed } from '@porchlight/wire'
import { describe, expect, it } from 'vitest'
import { isFrozen } from './chain.ts'
import { changeDevices, rotate } from './change-household.ts'
import { devicesInForce, listed } from './devices.ts'
import { all, atSec, committed, entry, family, following, plus, suspension } from './testing/chains.ts'

const f = await family()
const [d1, d2, d3] = f.devices
const [k1, k2, k3] = f.devices.map(deviceIdOf)
const by = { seed: f.seed, atSec }
const two = await changeDevices(f.chain, { add: [entry(d2!, ['serve'])] }, by)

describe('changing the devices', () => {
  it('adds, changes and removes in one document', async () => {
    const chain = await changeDevices(two, { add: [entry(d3!)], change: [entry(d2!, ['grant', 'serve'], atSec + 5)], remove: [k1!] }, by)
    expect(listed(chain)).toEqual([entry(d2!, ['serve', 'grant'], atSec + 5), entry(d3!)])
    expect(chain.head.body).toMatchObject({ seq: 2, prev: two.head.id, root: f.chain.head.body.root })
  })

  it('leaves suspended devices out, so that a suspension is never lost by a change beside it', async () => {
    const chain = await changeDevices(await plus(two, [await suspension(two, two.head, d1!, d2!)]), { add: [entry(d3!)] }, by)
    expect(listed(chain).map(({ key }) => key)).toEqual([k1, k3])
  })

  it('does not bring a suspended device back by changing it: that takes a document of its own', async () => {
    const suspended = await plus(two, [await suspension(two, two.head, d1!, d2!)])
    const chain = await changeDevices(suspended, { change: [entry(d2!)] }, by)
    expect(listed(chain).map(({ key }) => key)).toEqual([k1])
    expect(listed(await changeDevices(chain, { add: [entry(d2!)] }, by)).map(({ key }) => key)).toEqual([k1, k2])
  })

  it('makes room for as many as may be', async () => {
    const keys = await Promise.all(
      Array.from({ length: limits.devicesPerHousehold - 2 }, (_, n) => keyFromSeed(new Uint8Array(32).fill(100 + n))),
    )
    const chain = await changeDevices(two, { add: keys.map((key) => entry(key)) }, by)
    expect(listed(chain)).toHaveLength(limits.devicesPerHousehold)
  })

  it.each([
    ['an unknown device', { remove: [k3!] }, 'device-unknown'],
    ['a change of an unknown one', { change: [entry(d3!)] }, 'device-unknown'],
    ['one that is there already', { add: [entry(d2!)] }, 'device-known'],
    ['the last one', { remove: [k1!, k2!] }, 'no-devices'],
    [
      'one too many',
      { add: Array.from({ length: limits.devicesPerHousehold }, (_each, n) => ({ ...entry(d3!), key: `${k3!}${n}` as never })) },
      'devices-full',
    ],
  ])('refuses %s', async (_, changes, reason) => {
    await expect(changeDevices(two, changes, by)).rejects.toMatchObject({
      code: 'BAD_REQUEST',
      reason,
      message: expect.stringMatching(
        /^(12D3KooW\w+ is (no device|a device) of this household|a household needs a device|34 devices, limit 32)/,
      ),
    })
  })

  it('takes the words of this household only', async () => {
    await expect(changeDevices(two, { remove: [k2!] }, { ...by, seed: new Uint8Array(32).fill(9) })).rejects.toMatchObject({
      reason: 'household',
      message: 'the root of this household does not come from these words',
    })
  })

  it('waits for a rotation while documents are in dispute', async () => {
    const frozen = await plus(two, [await following(f.chain.head, { root: f.roots[0]!, devices: [entry(d3!)] })])
    await expect(changeDevices(frozen, {}, by)).rejects.toMatchObject({
      reason: 'frozen',
      message: expect.stringContaining('rotate its root first'),
    })
  })
})

describe('rotating', () => {
  it('again and again goes through the roots of the seed', async () => {
    let chain = two
    for (const n of [1, 2, 3]) {
      chain = await rotate(chain, [entry(d1!)], by)
      expect(chain.head.body.root).toBe(deviceIdOf(f.roots[n]!))
    }
    const changed = await changeDevices(chain, { add: [entry(d2!)] }, by)
    expect(devicesInForce(changed, atSec).map(({ key }) => key)).toEqual([k1, k2])
  })

  it('settles a dispute, and brings back who was suspended', async () => {
    const fork = await following(f.chain.head, { root: f.roots[0]!, devices: [entry(d3!)] })
    const frozen = await plus(two, [fork, await suspension(two, two.head, d2!, d1!)])
    const chain = await rotate(frozen, [entry(d1!)], by)
    expect(isFrozen(chain)).toBe(false)
    expect(devicesInForce(chain, atSec)).toEqual([entry(d1!)])
  })

  it('on two devices at once is settled by rotating once more', async () => {
    const [one, other] = await Promise.all([
      rotate(two, [entry(d1!)], by),
      rotate(two, [entry(d1!), entry(d2!)], { ...by, atSec: atSec + 1 }),
    ])
    const frozen = await plus(one, [other.head])
    expect(isFrozen(frozen)).toBe(true)
    expect(listed(await rotate(frozen, [entry(d1!)], by))).toEqual([entry(d1!, all)])
  })

  it('cannot win against somebody who holds the later root too, and says so', async () => {
    const theirs = await following(two.head, { root: f.roots[1]!, next: committed(d3!) })
    const frozen = await plus(await rotate(two, [entry(d1!)], by), [theirs])
    await expect(rotate(frozen, [entry(d1!)], by)).rejects.toMatchObject({
      reason: 'frozen',
      message: expect.stringContaining('make a new household and pair again'),
    })
  })
})
