import { limits, type DeviceId } from '@porchlight/core'
import { expect, test } from 'vitest'
import { DeclinedCallers } from './declined-callers.ts'

const [home, other] = ['home', 'other'] as DeviceId[] as [DeviceId, DeviceId]

test('a host whose callers a device keeps turning away is kept from that device, and from no other, until the time is over', () => {
  let nowMs = 0
  const declined = new DeclinedCallers(() => nowMs)
  for (let n = 1; n < limits.relayDeclines; n++) declined.add(home, '192.0.2.1')
  expect(declined.isBarred(home, '192.0.2.1')).toBe(false)
  declined.add(home, '192.0.2.1')
  expect(declined.isBarred(home, '192.0.2.1')).toBe(true)
  expect([declined.isBarred(home, '192.0.2.2'), declined.isBarred(other, '192.0.2.1')]).toEqual([false, false])
  nowMs = limits.relayDeclinesMs - 1
  expect(declined.isBarred(home, '192.0.2.1')).toBe(true)
  nowMs++
  expect(declined.isBarred(home, '192.0.2.1')).toBe(false)
})

test('a crowd of hosts makes the relay forget the first, and grow no further', () => {
  const declined = new DeclinedCallers(() => 0)
  for (let n = 0; n < limits.relayDeclines; n++) declined.add(home, 'first')
  for (let n = 1; n < limits.relayDeclinedHosts; n++) declined.add(home, `host ${n}`)
  expect(declined.isBarred(home, 'first')).toBe(true)
  declined.add(home, 'one more')
  expect(declined.isBarred(home, 'first')).toBe(false)
})
