import { describe, expect, it } from 'vitest'
import { FakeHousehold } from '../testing/fake-household.ts'

describe('porchlight relay', () => {
  it('says what was carried for whom and who carries, and on and off change it', async () => {
    await using one = await FakeHousehold.start()
    const before = await one.cli('relay')
    expect(before.out).toContain('This device is no relay. To be one: porchlight relay on')
    expect(before.out).toMatch(/ana\s+no\s+1\.5 GB/)
    expect(before.out).toMatch(/ben\s+carries for you\s+2\.0 MB/)
    expect(before.out).toMatch(/your device …AoeeXVnG\s+in reserve/)
    expect((await one.cli('relay', 'on')).out).toContain('porchlight relay allow CONTACT')
    expect((await one.cli('relay', 'status', '--json')).json().data).toMatchObject({ on: true, carried: [{ petname: 'ana', circuits: 2 }] })
    await one.cli('relay', 'off')
    expect((await one.cli('relay', '--json')).json().data.on).toBe(false)
  })

  it('allow shows the card, takes limits, and says when the device is no relay yet', async () => {
    await using one = await FakeHousehold.start()
    const allowed = await one.cliWith({ confirms: true }, 'relay', 'allow', 'ana', '--per-day', '5GB', '--streams', '8')
    expect(allowed.said).toContain('ana')
    expect(allowed.out).toContain('This device is no relay yet: porchlight relay on')
    expect(one.node.grants()).toMatchObject([{ protocol: '/porchlight/relay/1', location: 'circuits' }])
    const refused = await one.cliWith({ confirms: false }, 'relay', 'allow', 'ana')
    expect([refused.code, one.node.grants().length]).toEqual([77, 1])
  })

  it('allow needs an answer: without a terminal it asks for --yes', async () => {
    await using one = await FakeHousehold.start()
    expect((await one.cli('relay', 'allow', 'ana')).code).toBe(64)
    expect((await one.cli('relay', 'allow', 'ana', '--yes')).code).toBe(0)
  })
})
