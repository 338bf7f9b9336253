import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { AppHousehold, greeting } from '../testing/app-household.ts'

let home: AppHousehold
beforeEach(async () => {
  home = await AppHousehold.start()
})
afterEach(async () => await home[Symbol.asyncDispose]())

const offer = ['offer', 'ana', greeting] as const

describe('porchlight offer', () => {
  it('shows the card, and offers nothing after a no or without a person', async () => {
    const no = await home.house.cliWith({ confirms: false }, ...offer)
    expect([no.code, no.said.includes('ana may use your main (read)')]).toEqual([77, true])
    expect((await home.house.cli(...offer, '--json')).json().error.reason).toBe('usage')
    expect(home.house.node.grants()).toEqual([])
  })

  it('offers after a yes what the card said, in the room that was named, with what is optional only where it is named', async () => {
    const yes = await home.house.cliWith({ confirms: true }, ...offer, '--room', 'weekend', '--until', '7d')
    expect(yes.out).toContain(`ana may use weekend of ${greeting} until`)
    const more = await home.house.cli(...offer, '--also', 'more', '--yes', '--json')
    expect(more.json().data).toMatchObject({ direction: 'given', protocol: greeting, location: 'main', scopes: ['read', 'more'] })
    expect((await home.house.cli('grants')).out).toContain(`main of ${greeting}`)
  })

  it.each([
    ['a protocol that no app serves', '/example/other/1', 'unknown-protocol'],
    ['sharing, which has a command of its own', '/porchlight/share/1', 'unknown-protocol'],
    ['what is no protocol', 'greeting', 'usage'],
  ])('refuses %s', async (_what, protocol, reason) => {
    const { error } = (await home.house.cli('offer', 'ana', protocol, '--yes', '--json')).json()
    expect(error).toMatchObject({ reason })
    expect(home.house.node.grants()).toEqual([])
  })

  it('is no operation for apps: a token never says yes for the household', async () => {
    const body = { to: 'ana', protocol: greeting, location: 'main', untilMs: Date.now() + 60_000 }
    for (const path of ['/v1/offers/preview', '/v1/offers'])
      expect(
        (
          await home.ask(path, { method: 'POST', headers: { authorization: `Bearer ${home.server}` }, body: { ...body, shown: 'x' } })
        ).json(),
      ).toMatchObject({ code: 'DENIED', reason: 'not-for-apps' })
  })
})
