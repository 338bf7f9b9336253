import { expect, test } from 'vitest'
import { refused } from '../hostile/attacker.ts'
import { TwoDevices, until } from './two-devices.ts'

test('a block on the desktop is a block on the laptop, for what both had agreed to, and lifting it on the laptop lifts it on both', async () => {
  await using home = await TwoDevices.make()
  await home.agree('desktop')
  await home.agree('laptop', { location: 'garden' })
  await using calls = await home.anaCalls()
  expect([await calls.isServed('desktop'), await calls.isServed('laptop')]).toEqual([true, true])
  await home.desktop.asking.block('ana')
  expect(await calls.look('desktop')).toBe(refused)
  await until(() => expect(home.laptop.asking.blocks()).toHaveLength(1))
  expect(await calls.look('laptop')).toBe(refused)
  await home.laptop.asking.unblock('ana')
  await until(async () => expect(await calls.isServed('desktop')).toBe(true))
  expect(await calls.isServed('laptop')).toBe(true)
})

test('a laptop that was off when the desktop blocked denies once it heard of it', async () => {
  await using home = await TwoDevices.make()
  await home.agree('desktop')
  await home.stop('laptop')
  await home.desktop.asking.block('ana')
  const laptop = await home.start('laptop')
  await laptop.synced()
  await using calls = await home.anaCalls()
  expect([await calls.look('desktop'), await calls.look('laptop')]).toEqual([refused, refused])
})
