import { limits, type DeviceId } from '@porchlight/core'
import { expect, it } from 'vitest'
import { DeviceCalls } from './device-calls.ts'

const [laptop, phone] = ['laptop', 'phone'] as unknown as [DeviceId, DeviceId]
/** A call under a grant, as the engine registers it. */
const granted = () => {
  const ending = new AbortController()
  let done = 0
  return { signal: ending.signal, done: () => void done++, end: () => ending.abort(new Error('revoked')), dones: () => done }
}

it('ending a device ends its calls in that tick, under a grant or not, and nobody else’s', () => {
  const calls = new DeviceCalls()
  const mine = [calls.enter(laptop)!, calls.follow(laptop, granted())]
  const others = calls.follow(phone, granted())
  calls.end(laptop)
  expect(mine.map(({ signal }) => [signal.aborted, (signal.reason as { code: string }).code])).toEqual([
    [true, 'GRANT_ENDED'],
    [true, 'GRANT_ENDED'],
  ])
  expect(others.signal.aborted).toBe(false)
  calls.endAll()
  expect(others.signal.aborted).toBe(true)
})

it('a call under a grant ends with the grant, also when it had ended already, and says once that it is done', () => {
  const calls = new DeviceCalls()
  const grant = granted()
  const call = calls.follow(laptop, grant)
  grant.end()
  expect(call.signal.reason).toEqual(new Error('revoked'))
  expect(calls.follow(laptop, grant).signal.aborted).toBe(true)
  call.done()
  expect(grant.dones()).toBe(1)
})

it('calls without a grant are bounded for each device, and calls under grants do not count', () => {
  const calls = new DeviceCalls()
  for (let at = 0; at < limits.doorCallsPerDevice; at++) calls.follow(laptop, granted())
  const entered = Array.from({ length: limits.doorCallsPerDevice }, () => calls.enter(laptop)!)
  expect(calls.enter(laptop)).toBeUndefined()
  expect(calls.enter(phone)).toBeDefined()
  entered[0]!.done()
  entered[0]!.done()
  expect(calls.enter(laptop)).toBeDefined()
  expect(calls.enter(laptop)).toBeUndefined()
})
