import { expect, it } from 'vitest'
import { FakeHousehold } from '../testing/fake-household.ts'

// A command below another one has the options that its parent has too, and commander gives them to the parent.
it.each([
  ['log', 'checkpoint'],
  ['log', 'prove', '1'],
  ['log', 'erase', '--contact', 'ana'],
  ['consent', 'export'],
  ['contacts', 'rename', 'ana', 'anna'],
  ['contacts', 'verify', 'ana', '--yes'],
  ['contacts', 'remove', 'ana', '--yes'],
  ['device', 'suspend', 'abcdefgh', '--yes'],
  ['invites', 'cancel', 'abcdefgh'],
  ['relay', 'on'],
  ['apps', 'list'],
  ['apps', 'add', 'app', '--call', '/a/b/1'],
  ['apps', 'allow', 'abcdef'],
  ['apps', 'deny', 'abcdef'],
  ['apps', 'revoke', 'app'],
  ['relay', 'status'],
  ['relay', 'allow', 'ana', '--yes'],
  ['household', 'rotate', '--yes', '--words-file', '/dev/null'],
])('porchlight %s %s goes to the household that --home names, and answers as --json says', async (...line) => {
  await using one = await FakeHousehold.start()
  const before = [...one.node.calls]
  const { code, json } = await one.cli(...line, '--home', '/nowhere/at/all', '--json')
  expect([code, json().error.code]).toEqual([69, 'UNREACHABLE'])
  expect(one.node.calls).toEqual(before)
})

it('porchlight consent export --json wraps the records as every command does', async () => {
  await using one = await FakeHousehold.start()
  expect((await one.cli('consent', 'export', '--json')).json()).toMatchObject({ v: 1, data: {} })
})
