import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { apiOf } from '../testing/ask-api.ts'
import { FakeHousehold } from '../testing/fake-household.ts'

let house: FakeHousehold
beforeEach(async () => {
  house = await FakeHousehold.start()
})
afterEach(async () => await house[Symbol.asyncDispose]())

const { ask } = apiOf(() => house)

describe('an ask', () => {
  test('is countered as its card said, and only so', async () => {
    const { id } = house.node.addAsk('photos')
    const terms = { untilMs: 1_800_000_000_000, also: ['change'] }
    const preview = (await ask(`/v1/asks/${id}/counter-preview`, { method: 'POST', body: terms })).json()
    const wrong = await ask(`/v1/asks/${id}/counter`, { method: 'POST', body: { ...terms, also: [], shown: preview.card.hash } })
    expect([wrong.status, wrong.json().reason]).toEqual([409, 'card-changed'])
    const right = await ask(`/v1/asks/${id}/counter`, { method: 'POST', body: { ...terms, shown: preview.card.hash } })
    expect(right.json()).toMatchObject({ state: 'COUNTERED', scopes: ['read', 'change'], expMs: terms.untilMs })
  })

  test('of the household that made a link goes by the link, and names either that or a contact', async () => {
    const body = { invite: 'porchlight:invite/x', location: 'music', why: 'to dance', untilMs: 1_800_000_000_000 }
    const { card: seen } = (await ask('/v1/asks/preview', { method: 'POST', body })).json()
    expect((await ask('/v1/asks', { method: 'POST', body: { ...body, shown: seen.hash } })).json()).toMatchObject({
      kind: 'ours',
      scopes: ['read'],
    })
    expect(house.node.calls).toContain('askByInvite porchlight:invite/x')
    for (const wrong of [
      { ...body, to: 'ana' },
      { ...body, invite: undefined },
    ])
      expect((await ask('/v1/asks', { method: 'POST', body: wrong })).json()).toMatchObject({ code: 'BAD_REQUEST', reason: 'not-valid' })
  })

  test('is approved for other devices as long as the bounds of that allow', async () => {
    const { id, card } = house.node.addAsk('photos')
    const approve = (freshMs: number) => ask(`/v1/asks/${id}/approve`, { method: 'POST', body: { shown: card.hash, freshMs } })
    expect([(await approve(1)).status, (await approve(500 * 86_400_000)).status]).toEqual([400, 400])
    expect((await approve(3_600_000)).json()).toMatchObject({ state: 'ACTIVE', freshMs: 3_600_000 })
  })

  test('of ours has a card too, and is made as that said', async () => {
    const body = { to: 'ana', location: 'music', why: 'to dance', untilMs: 1_800_000_000_000 }
    const { card: seen } = (await ask('/v1/asks/preview', { method: 'POST', body })).json()
    expect((await ask('/v1/asks', { method: 'POST', body: { ...body, also: ['change'], shown: seen.hash } })).status).toBe(409)
    expect((await ask('/v1/asks', { method: 'POST', body: { ...body, shown: seen.hash } })).json().scopes).toEqual(['read'])
  })
})
