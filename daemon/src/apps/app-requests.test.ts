import { afterEach, beforeEach, expect, test } from 'vitest'
import { apiOf } from '../testing/ask-api.ts'
import { FakeHousehold } from '../testing/fake-household.ts'
import { AppBook } from './app-book.ts'
import { AppRequests } from './app-requests.ts'

let house: FakeHousehold
beforeEach(async () => void (house = await FakeHousehold.start()))
afterEach(async () => await house[Symbol.asyncDispose]())
const { ask, bearer } = apiOf(() => house)

const wanted = (name = 'Shopping', why = 'to merge "lists"') => ({
  name,
  why,
  protocols: [{ id: '/example/list/1', call: true, serve: true }],
})
const request = (body: object = wanted(), headers = {}) => ask('/v1/apps/requests', { method: 'POST', over: 'loopback', body, headers })
const look = ({ id, secret }: { id: string; secret: string }) =>
  ask(`/v1/apps/requests/${id}`, { over: 'loopback', headers: { authorization: `Bearer ${secret}` } })
const waiting = async () => (await ask('/v1/apps/requests')).json().requests
const approve = (id: string, shown: string) => ask(`/v1/apps/requests/${id}/approve`, { method: 'POST', body: { shown } })

test('a program without a token asks, a person says yes to the card, and the program gets its token once', async () => {
  const asked = (await request()).json()
  expect(asked.state).toBe('waiting')
  expect((await look(asked)).json()).toEqual({ state: 'waiting' })
  const [{ id, card }] = await waiting()
  expect(card.text).toContain('“Shopping” (its own words; nobody checked who it is)')
  expect(card.text).toContain("“to merge 'lists'”")
  expect((await approve(id, card.hash)).json()).toMatchObject({ name: 'Shopping' })
  const granted = (await look(asked)).json()
  expect(granted.state).toBe('granted')
  expect((await ask('/v1/app', { headers: { authorization: `Bearer ${granted.token}` } })).json()).toMatchObject({ name: 'Shopping' })
  expect((await look(asked)).json()).toMatchObject({ reason: 'unknown-request' })
  expect(await waiting()).toEqual([])
})

test('the yes is not lost when the daemon restarts before the program looked', async () => {
  const asked = (await request()).json()
  const [{ id, card }] = await waiting()
  await approve(id, card.hash)
  const before = house
  house = await FakeHousehold.start(before.node)
  expect((await look(asked)).json().token).toMatch(/^plapp_/)
  await before[Symbol.asyncDispose]()
})

test('nobody gets the answer without the secret of the request', async () => {
  const asked = (await request()).json()
  for (const headers of [{}, bearer(), { authorization: 'Bearer x' }])
    expect((await ask(`/v1/apps/requests/${asked.id}`, { headers })).json()).toMatchObject({ code: 'UNAUTHENTICATED' })
  const [{ id, card }] = await waiting()
  await approve(id, card.hash)
  expect((await look({ ...asked, secret: 'x' })).status).toBe(401)
  expect((await look(asked)).json().state).toBe('granted')
})

test('a no is told as such, and keeps its place so that asking again fills no screen', async () => {
  const asked = (await request()).json()
  expect((await ask(`/v1/apps/requests/${asked.id}/deny`, { method: 'POST' })).status).toBe(200)
  expect((await look(asked)).json()).toEqual({ state: 'denied' })
  expect(await waiting()).toEqual([])
  expect((await approve(asked.id, 'x')).json()).toMatchObject({ reason: 'unknown-request' })
})

test('a yes to another card is none', async () => {
  const { id } = (await request()).json()
  expect((await approve(id, 'x')).json()).toMatchObject({ status: 409, reason: 'card-changed' })
  expect((await ask('/v1/apps')).json().apps).toEqual([])
})

test('of two programs that ask for one protocol only the first gets it', async () => {
  const [one, two] = [(await request(wanted('One'))).json(), (await request(wanted('Two'))).json()]
  const cards = new Map<string, string>((await waiting()).map(({ id, card }: { id: string; card: { hash: string } }) => [id, card.hash]))
  expect((await approve(one.id, cards.get(one.id) ?? '')).status).toBe(200)
  expect((await approve(two.id, cards.get(two.id) ?? '')).json()).toMatchObject({ reason: 'protocol-taken' })
})

test('a no while the yes is written comes too late, and is told so', async () => {
  const asked = (await request()).json()
  const [{ id, card }] = await waiting()
  const [yes, no] = await Promise.all([approve(id, card.hash), ask(`/v1/apps/requests/${id}/deny`, { method: 'POST' })])
  expect(yes.status === 200 ? no.json() : yes.json()).toMatchObject({ reason: 'unknown-request' })
  expect((await look(asked)).json().state).toBe(yes.status === 200 ? 'granted' : 'denied')
})

test('a yes that the disk refuses leaves the question open', async () => {
  const asked = (await request()).json()
  const [{ id, card }] = await waiting()
  house.node.fail('table.apps.put', new Error('no space left on device'))
  expect((await approve(id, card.hash)).json()).toMatchObject({ reason: 'disk-full' })
  expect((await look(asked)).json()).toEqual({ state: 'waiting' })
  expect((await approve(id, card.hash)).status).toBe(200)
})

test('a program without a token does not learn which apps there are', async () => {
  await ask('/v1/apps', { method: 'POST', body: { name: 'Diary', protocols: [{ id: '/example/list/1', serve: true }] } })
  for (const body of [wanted('D1ary'), wanted('Other')]) {
    const refused = await request(body)
    expect(refused.status).toBe(409)
    expect(refused.text).not.toContain('Diary')
  }
})

test.each<[string, object, string | null]>([
  ['a name that turns the line round', wanted('app\u202e'), null],
  ['a reason that turns it round', wanted('app', 'x\u202e'), null],
  ['a reason of several lines', wanted('app', 'yes\n What  everything'), null],
  ['no protocol', { name: 'app', protocols: [] }, 'not-valid'],
])('%s is refused', async (_what, body, reason) => {
  const answer = await request(body)
  expect([answer.status, answer.json().reason]).toEqual([400, reason])
})

test('a page of another site cannot ask, and a web page cannot read the list', async () => {
  expect((await request(wanted(), { origin: 'https://evil.example' })).status).toBe(403)
  expect((await ask('/v1/apps/requests', { over: 'loopback' })).status).toBe(401)
})

test('sixteen wait at once, twenty may ask in a minute, and half an hour ends each', async () => {
  let nowMs = 0
  const book = await AppBook.open(house.node.table('other'), () => nowMs, { ending: async () => {}, ended: () => {} })
  const requests = new AppRequests({ book, nowMs: () => nowMs, language: 'de', onChange: () => {} })
  const asks = (count: number, from: number) => {
    for (let n = from; n < from + count; n++)
      requests.ask({ name: `app ${'abcdefghjkmnopqstuwxyz'[n]}`, protocols: [{ id: `/a/b/${n + 1}`, call: true, serve: false }] })
  }
  asks(16, 0)
  expect(() => asks(1, 16)).toThrow('limit 16')
  expect(requests.list()[0]?.card.text).toContain('„app a“')
  nowMs = 1_800_000
  expect(requests.list()).toEqual([])
  asks(16, 0)
  nowMs += 59_000
  for (const { id } of requests.list()) requests.deny(id)
  expect(() => asks(1, 16)).toThrow('wait for an answer')
})
