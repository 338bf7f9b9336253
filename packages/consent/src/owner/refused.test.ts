import { limits, type DeviceId } from '@porchlight/core'
import { beforeEach, describe, expect, it } from 'vitest'
import { activeGrant, callOf, twoSides, type ManualTime, type Side } from '../testing/index.ts'

let ana: Side
let ben: Side
let time: ManualTime

beforeEach(async () => {
  ;({ ana, ben, time } = await twoSides())
})

const entries = async () => {
  // The log is written behind the refusals, which wait for nothing.
  await ana.consent.verifyLog()
  return (await ana.consent.log()).filter(({ kind }) => kind === 'refused').map(({ facts }) => facts)
}

describe('who was turned away at another door', () => {
  it('is in the log and told of, with a household only where one is known', async () => {
    const device = 'somebody' as DeviceId
    ana.consent.noteRefusal({ device, household: undefined, protocol: '/porchlight/invite/1', because: 'no-invite' })
    ana.consent.noteRefusal({ device: ben.device, household: ben.household, protocol: '/porchlight/invite/1', because: 'capability' })
    expect(await entries()).toEqual([
      { device, because: 'no-invite', protocol: '/porchlight/invite/1' },
      { device: ben.device, household: ben.household, because: 'capability', protocol: '/porchlight/invite/1' },
    ])
    expect(ana.events).toEqual([
      { type: 'refused', device, household: undefined, protocol: '/porchlight/invite/1', because: 'no-invite' },
      { type: 'refused', device: ben.device, household: ben.household, protocol: '/porchlight/invite/1', because: 'capability' },
    ])
  })

  it.each(['UPPER', '/a b/1', '/a/\u202e/1', 'x'.repeat(129), '', '/a/1\n'])(
    'names no protocol in the log that cannot be one: %j',
    async (protocol) => {
      ana.consent.noteRefusal({ device: ben.device, household: ben.household, protocol, because: 'x' })
      expect(await entries()).toMatchObject([{ protocol: 'unreadable' }])
    },
  )

  it('may name one of exactly the greatest length', async () => {
    const protocol = `/${'a'.repeat(127)}`
    ana.consent.noteRefusal({ device: ben.device, household: ben.household, protocol, because: 'x' })
    expect(await entries()).toMatchObject([{ protocol }])
  })
})

describe('refusals of one contact', () => {
  it('are written so many times a minute; the next entry says how many were left out, and the one after nothing', async () => {
    await activeGrant(ana, ben, time.nowMs())
    const many = limits.refusalEntriesPerMinute + 3
    for (let n = 0; n < many; n++) expect(ana.consent.admit(callOf(ben, 'music'))).toEqual({ allow: false, because: 'location' })
    expect(await entries()).toHaveLength(limits.refusalEntriesPerMinute)
    expect((await entries()).every((facts) => !('leftOut' in facts!))).toBe(true)
    expect(ana.events.filter(({ type }) => type === 'refused')).toHaveLength(many)
    time.advance(59_999)
    ana.consent.admit(callOf(ben, 'music'))
    expect(await entries()).toHaveLength(limits.refusalEntriesPerMinute)
    time.advance(1)
    ana.consent.admit(callOf(ben, 'music'))
    ana.consent.admit(callOf(ben, 'music'))
    const [next, after] = (await entries()).slice(limits.refusalEntriesPerMinute)
    expect(next).toMatchObject({ leftOut: 4 })
    expect(after).not.toHaveProperty('leftOut')
  })
})
