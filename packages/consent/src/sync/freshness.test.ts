import { limits, type DeviceId } from '@porchlight/core'
import { beforeEach, describe, expect, it } from 'vitest'
import { deviceOf, manualTime, type DeviceSide, type ManualTime } from '../testing/index.ts'

let time: ManualTime
let desktop: DeviceSide
const laptop = 'laptop' as DeviceId
const phone = 'phone' as DeviceId

beforeEach(async () => {
  time = manualTime(Date.UTC(2026, 10, 22))
  desktop = await deviceOf('ana', 'desktop', time)
})

const ages = () => desktop.consent.siblings.ages()
const saved = async () => {
  await desktop.consent.verifyLog()
  return (await desktop.ledger.load()).heard.map(({ device, atMs }) => [device, time.nowMs() - atMs])
}

describe('when a device was last heard of', () => {
  it('is told in whole seconds, rounded up, the newest word counting, whoever said it', () => {
    const { siblings } = desktop.consent
    siblings.heard(laptop)
    expect(ages()).toEqual([{ device: laptop, ageSec: 0 }])
    time.advance(1)
    expect(ages()).toEqual([{ device: laptop, ageSec: 1 }])
    time.advance(9_999)
    siblings.heard(laptop, 20)
    expect(ages()).toEqual([{ device: laptop, ageSec: 10 }])
    siblings.heard(laptop, 3)
    siblings.heard(phone, 7)
    expect(ages()).toEqual([
      { device: laptop, ageSec: 3 },
      { device: phone, ageSec: 7 },
    ])
  })

  it('is never in the future, and never about itself', () => {
    desktop.consent.siblings.heard(desktop.device)
    expect(ages()).toEqual([])
    desktop.consent.siblings.heard(laptop, -60)
    expect(ages()).toEqual([{ device: laptop, ageSec: 0 }])
  })

  it('is written down now and then, and never looks newer after a restart', async () => {
    desktop.consent.siblings.heard(laptop)
    expect(await saved()).toEqual([[laptop, 0]])
    time.advance(limits.heardSaveMs - 1)
    desktop.consent.siblings.heard(laptop)
    expect(await saved()).toEqual([[laptop, limits.heardSaveMs - 1]])
    time.advance(1)
    desktop.consent.siblings.heard(laptop)
    expect(await saved()).toEqual([[laptop, 0]])
  })

  it('is kept of so many devices, and of those that are known it goes on', () => {
    for (let n = 0; n < limits.devicesHeard + 3; n++) desktop.consent.siblings.heard(`device ${n}` as DeviceId, 100)
    expect(ages()).toHaveLength(limits.devicesHeard)
    desktop.consent.siblings.heard('device 0' as DeviceId, 5)
    expect(ages().find(({ device }) => device === 'device 0')).toEqual({ device: 'device 0', ageSec: 5 })
  })
})
