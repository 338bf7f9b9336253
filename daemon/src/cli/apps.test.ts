import { afterEach, beforeEach, expect, test } from 'vitest'
import { apiOf } from '../testing/ask-api.ts'
import { FakeHousehold } from '../testing/fake-household.ts'

let house: FakeHousehold
beforeEach(async () => void (house = await FakeHousehold.start()))
afterEach(async () => await house[Symbol.asyncDispose]())
const { ask } = apiOf(() => house)

const request = async (name = 'Shopping'): Promise<{ id: string; secret: string }> =>
  (
    await ask('/v1/apps/requests', { method: 'POST', body: { name, protocols: [{ id: '/example/list/1', call: true, serve: true }] } })
  ).json()

test('apps add prints the token alone on stdout, and it is the app’s', async () => {
  const { code, out, said } = await house.cli('apps', 'add', 'Greeter', '--call', '/a/b/1', '/a/c/1', '--serve', '/a/b/1')
  expect([code, said]).toEqual([0, 'Greeter may call and serve /a/b/1, call /a/c/1. Its token, which nobody can read again:\n'])
  expect((await ask('/v1/app', { headers: { authorization: `Bearer ${out.trim()}` } })).json()).toMatchObject({ name: 'Greeter' })
  expect((await house.cli('apps')).out).toMatch(/Greeter +call and serve \/a\/b\/1, call \/a\/c\/1/)
})

test('an app that may do nothing is refused with what is missing', async () => {
  expect(await house.cli('apps', 'add', 'Idle')).toMatchObject({ code: 64, said: expect.stringContaining('--call') as string })
})

test('a program that asks is listed in quotes, and allowed after its card', async () => {
  const { id, secret } = await request("Shop' done.")
  expect((await house.cli('apps', 'list')).out).toContain(`"Shop' done."`)
  const asked: string[] = []
  const no = await house.cliWith({ confirms: (question) => !asked.push(question) }, 'apps', 'allow', id.slice(0, 8))
  expect([no.code, asked]).toEqual([77, ['Allow this?']])
  expect(no.said).toContain('A program on this computer asks to be an app of this household')
  const yes = await house.cli('apps', 'allow', id, '--yes', '--json')
  expect(yes.json().data).toMatchObject({ protocols: [{ id: '/example/list/1', call: true, serve: true }] })
  const told = await ask(`/v1/apps/requests/${id}`, { headers: { authorization: `Bearer ${secret}` } })
  expect(told.json().token).toMatch(/^plapp_/)
})

test('nobody says yes where nobody is', async () => {
  const { id } = await request()
  expect((await house.cli('apps', 'allow', id)).code).toBe(64)
  expect((await house.cli('apps', '--json')).json().data).toMatchObject({ apps: [], requests: [{ id }] })
})

test('apps deny says no, apps revoke ends an app, and what is unknown is said', async () => {
  const { id } = await request()
  expect((await house.cli('apps', 'deny', id)).out).toBe('Denied. It is told so.\n')
  await house.cli('apps', 'add', 'My app', '--call', '/a/b/1')
  expect((await house.cli('apps', 'revoke', 'My app')).code).toBe(0)
  expect((await house.cli('apps')).out).toContain('No app.')
  for (const line of [
    ['apps', 'revoke', 'My app'],
    ['apps', 'deny', id],
    ['apps', 'allow', 'nothing'],
  ])
    expect((await house.cli(...line, '--json')).json().error.reason).toMatch(/^unknown-/)
})
