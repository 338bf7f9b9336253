import type { PorchlightError } from '@porchlight/core'
import { beforeEach, describe, expect, test } from 'vitest'
import { FakeNode } from '../testing/fake-node.ts'
import type { App, AppRecord } from './app.ts'
import { AppBook } from './app-book.ts'
import { hashOf } from './app-token.ts'

const list = '/example/list/1'
const token = `plapp_${'x'.repeat(43)}`
const protocols = [{ id: list, call: true, serve: true }]

let node: FakeNode
let revoked: App[]
let book: AppBook
const open = () =>
  AppBook.open(node.table<AppRecord>('apps'), () => 0, {
    ending: async () => {},
    ended: (app) => void revoked.push(app),
  })
beforeEach(async () => {
  node = new FakeNode()
  revoked = []
  book = await open()
})
const fromRequest = (name = 'Shopping') =>
  book.put({ name, protocols }, { tokenHash: hashOf(token), request: { id: 'r', secretHash: 'h' } })

describe('revoking an app', () => {
  test('ends what it began before it fetched its token', async () => {
    const before = await fromRequest()
    const ended: PorchlightError[] = []
    before.begin('call', (error) => void ended.push(error))
    await book.fetched(before)
    await book.revoke('Shopping')
    expect(ended).toEqual([expect.objectContaining({ code: 'UNAUTHENTICATED' })])
  })

  test('ends its token also while the program fetches it', async () => {
    const app = await fromRequest()
    const fetched = book.fetched(app)
    await Promise.all([fetched.catch(() => {}), book.revoke('Shopping')])
    expect(book.byToken(token)).toBeUndefined()
    expect(await node.table('apps').all()).toEqual([])
    expect((await open()).list()).toEqual([])
  })

  test('that the disk refuses ends the token all the same, and can be tried again', async () => {
    const app = await fromRequest()
    node.fail('table.apps.delete', new Error('no space left on device'))
    await expect(book.revoke('Shopping')).rejects.toThrow('no space')
    expect(book.byToken(token)).toBeUndefined()
    expect(() => app.begin('call', () => {})).toThrow('revoked')
    expect(book.list()).toHaveLength(1)
    await book.revoke('Shopping')
    expect(book.list()).toEqual([])
    expect(await node.table('apps').all()).toEqual([])
  })

  test('twice at once is done once', async () => {
    await fromRequest()
    await Promise.all([book.revoke('Shopping'), book.revoke('Shopping')])
    expect(revoked).toHaveLength(1)
  })

  test('leaves nothing that it may begin', async () => {
    const app = await fromRequest()
    await book.revoke('Shopping')
    for (const kind of ['call', 'connection', 'reader'] as const) expect(() => app.begin(kind, () => {})).toThrow('revoked')
    expect(() => app.requireCall(list)).toThrow('revoked')
    expect(() => app.requireServe(list)).toThrow('revoked')
  })
})

describe('the name of an app', () => {
  test.each(['..', '.', '$(touch x)', '`touch x`', 'a"; touch x; "', '--json', '!!!', 'a/b', 'a\\b', '‘', '𝌆'])(
    '%s is refused',
    (name) => {
      expect(() => book.check({ name, protocols })).toThrow('name of an app')
    },
  )

  test.each(['Shopping', 'Einkäufe', '買い物', "Ana's list", 'a.b_c-d 2', 'दाल'])('%s is allowed, and once only', async (name) => {
    await fromRequest(name)
    expect(book.get(name)?.name).toBe(name)
    expect(() => book.check({ name, protocols })).toThrow('there is an app')
  })
})
