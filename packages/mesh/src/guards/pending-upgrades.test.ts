import { limits } from '@porchlight/core'
import { expect, test } from 'vitest'
import { PendingUpgrades } from './pending-upgrades.ts'

test('silent sockets of one host lose their own places, oldest first, and nobody else does', () => {
  const pending = new PendingUpgrades()
  const dropped: string[] = []
  const add = (host: string, name: string): (() => void) => pending.add(host, () => dropped.push(name))
  add('192.0.2.1', 'friend')
  for (let i = 0; i < limits.connectionsPending + 2; i++) add('192.0.2.66', `silent ${i}`)
  expect(dropped).toEqual(['silent 0', 'silent 1', 'silent 2'])
  expect(pending.size).toBe(limits.connectionsPending)
})

test('a handshake that is over needs no place', () => {
  const pending = new PendingUpgrades()
  let dropped = 0
  for (let i = 0; i < 3 * limits.connectionsPending; i++) pending.add('192.0.2.1', () => dropped++)()
  expect([pending.size, dropped]).toEqual([0, 0])
})
