import { PorchlightError } from '@porchlight/core'
import { beforeEach, describe, expect, test } from 'vitest'
import { FakeNode } from '../testing/fake-node.ts'
import { ServiceBook, type Service } from './service-book.ts'
import { Shares } from './shares.ts'
import { checkTarget } from './target.ts'

const nowMs = 1_750_000_000_000
const dayMs = 86_400_000

describe('a target', () => {
  test.each([
    ['http://127.0.0.1:2342', 'http://127.0.0.1:2342'],
    ['http://127.0.0.1:2342/', 'http://127.0.0.1:2342'],
    ['HTTP://LocalHost:80/', 'http://localhost'],
    ['http://192.168.1.20:8080/radicale/', 'http://192.168.1.20:8080/radicale'],
    ['http://[::1]:5000', 'http://[::1]:5000'],
    ['http://nas.local', 'http://nas.local'],
    ['http://nas:5000', 'http://nas:5000'],
    ['unix:/run/app.sock', 'unix:/run/app.sock'],
    ['unix:///run/app.sock', 'unix:/run/app.sock'],
  ])('%s at home is %s, without a warning', (text, target) => {
    expect(checkTarget(text)).toEqual({ target, warning: undefined })
  })

  test.each(['http://example.org', 'http://8.8.8.8', 'http://172.32.0.1', 'http://11.0.0.1', 'http://[2001:db8::1]'])(
    '%s is taken with a warning',
    (text) => {
      expect(checkTarget(text).warning).toMatch(/is not at home/)
    },
  )

  test.each<[string, RegExp]>([
    ['tcp://localhost:22', /only http:\/\/ and unix: targets are shared so far, not tcp:/],
    ['udp://localhost:53', /only http:\/\/ and unix: targets are shared so far, not udp:/],
    ['https://localhost', /not shared so far: give the address/],
    ['ftp://localhost', /a target is http/],
    ['localhost:80', /a target is http/],
    ['', /a target is http/],
    ['unix:run/app.sock', /absolute path/],
    ['http://ana:secret@localhost', /no user name or password/],
    ['http://localhost/?a=b', /leave out \?a=b/],
  ])('%j is refused', (text, message) => {
    expect(() => checkTarget(text)).toThrow(message)
  })
})

describe('sharing', () => {
  let node: FakeNode
  let book: ServiceBook
  let shares: Shares
  beforeEach(async () => {
    node = new FakeNode()
    node.addContact('tom')
    book = await ServiceBook.open(node.table<Service>('services'))
    shares = new Shares({ node, book, nowMs: () => nowMs, language: 'en' })
  })
  const input = { target: 'http://127.0.0.1:1', as: 'photos', with: 'ana', untilMs: nowMs + dayMs }
  const shareIt = (change: Partial<typeof input> & { target?: string; allowChanges?: boolean } = {}) => {
    const wanted = { ...input, ...change }
    return shares.share({ ...wanted, shown: shares.preview(wanted).card.hash })
  }

  test('a preview changes nothing', () => {
    expect(shares.preview(input).card.text).toContain('ana may use your photos (read)')
    expect([book.list(), node.grants()]).toEqual([[], []])
  })

  test('the same service for a second contact needs no target, and the service stays one', async () => {
    await shareIt()
    await shareIt({ with: 'tom', target: undefined as never, allowChanges: true })
    expect(shares.mine().map(({ service, grants }) => [service.name, grants.map(({ petname, scopes }) => [petname, scopes])])).toEqual([
      [
        'photos',
        [
          ['ana', ['read']],
          ['tom', ['read', 'change']],
        ],
      ],
    ])
    expect((await ServiceBook.open(node.table<Service>('services'))).get('photos')).toEqual({
      name: 'photos',
      target: 'http://127.0.0.1:1',
      createdMs: nowMs,
    })
  })

  test('a name that stands for another target is refused: grants in force are about that one', async () => {
    await shareIt()
    expect(() => shares.preview({ ...input, target: 'http://127.0.0.1:2' })).toThrow('photos is http://127.0.0.1:1 already')
    expect(book.get('photos')?.target).toBe('http://127.0.0.1:1')
  })

  test('a card that reads differently by now shares nothing and leaves no service', async () => {
    await expect(shares.share({ ...input, shown: 'f'.repeat(64) })).rejects.toMatchObject({ reason: 'card-changed' })
    expect([book.list(), node.grants()]).toEqual([[], []])
  })

  test('a name for which somebody holds a grant already is not given to an app, and unshare frees it', async () => {
    const early = { to: 'tom', protocol: '/porchlight/share/1', location: 'photos', scopes: ['read'], expMs: nowMs + dayMs }
    await node.offer({ ...early, shown: node.prepareOffer(early).hash })
    await expect(shareIt()).rejects.toMatchObject({ reason: 'name-granted' })
    expect(book.list()).toEqual([])
    await shares.unshare('photos')
    await shareIt()
    expect(book.list()).toHaveLength(1)
  })

  test('a failed offer leaves a service alone that others still use', async () => {
    await shareIt()
    await expect(shares.share({ ...input, with: 'tom', shown: 'f'.repeat(64) })).rejects.toMatchObject({ reason: 'card-changed' })
    expect(book.list()).toHaveLength(1)
  })

  test.each<[string, number]>([
    ['in the past', nowMs],
    ['within 400 days', nowMs + 400 * dayMs + 1],
  ])('an end that is not %s is refused', (what, untilMs) => {
    expect(() => shares.preview({ ...input, untilMs })).toThrow(what)
  })

  test.each(['Photos', 'a/b', '-a', '', 'x'.repeat(33), 'a.b'])('the name %j is refused before a card is made', (as) => {
    expect(() => shares.preview({ ...input, as })).toThrow('not a service name')
  })

  test('unshare with one contact revokes theirs and keeps the service', async () => {
    await shareIt()
    await shareIt({ with: 'tom' })
    expect((await shares.unshare('photos', 'tom')).map(({ petname }) => petname)).toEqual(['tom'])
    expect(shares.mine()[0]?.grants.map(({ petname }) => petname)).toEqual(['ana'])
  })

  test('unshare altogether revokes every grant before the service goes', async () => {
    await shareIt()
    await shareIt({ with: 'tom' })
    expect(await shares.unshare('photos')).toHaveLength(2)
    expect(book.list()).toEqual([])
    expect(node.grants().every(({ state }) => state === 'REVOKED')).toBe(true)
  })

  test('when a revocation fails the service stays, so that nothing is forgotten that is still allowed', async () => {
    await shareIt()
    node.fail('revoke', new PorchlightError('INTERNAL', 'disk'))
    await expect(shares.unshare('photos')).rejects.toThrow('disk')
    expect(book.list()).toHaveLength(1)
  })

  test('a service that nobody made cannot be unshared, and an unknown contact revokes nothing', async () => {
    await expect(shares.unshare('music')).rejects.toMatchObject({ reason: 'unknown-service' })
    await shareIt()
    await expect(shares.unshare('photos', 'eve')).rejects.toMatchObject({ reason: 'unknown-contact' })
    expect(node.grants()[0]?.state).toBe('ACTIVE')
  })
})
