import { expect, test } from 'vitest'
import { connectionTo, locationForGuest, pathAt } from './service-target.ts'

test.each([
  ['http://127.0.0.1:2342', { host: '127.0.0.1', port: 2342, base: '' }],
  ['http://localhost', { host: 'localhost', port: 80, base: '' }],
  ['http://[::1]:8080/app/', { host: '::1', port: 8080, base: '/app' }],
  ['unix:/run/app.sock', { socketPath: '/run/app.sock', base: '' }],
])('the target %s is %o', (text, target) => {
  expect(connectionTo(text)).toEqual(target)
})

test.each(['https://a', 'ftp://a', 'http://u:p@a', 'http://a/?q', 'http://a/#f', 'unix:app.sock', 'a:80', ''])(
  '%s is no target',
  (text) => {
    expect(() => connectionTo(text)).toThrow(expect.objectContaining({ code: 'BAD_REQUEST' }))
  },
)

const based = connectionTo('http://127.0.0.1:2342/app')

test.each([
  ['/', '/app/'],
  ['/a/b?c=../d', '/app/a/b?c=../d'],
  ['/a..b/.c', '/app/a..b/.c'],
  ['/../admin', undefined],
  ['/a/../../admin', undefined],
  ['/%2e%2E/admin', undefined],
  ['/..%2fadmin', undefined],
  ['/..%5cadmin', undefined],
  ['/..;x/admin', undefined],
  ['/..', undefined],
  ['*', undefined],
  ['http://127.0.0.1/', undefined],
])('under a base path %s becomes %s', (url, path) => {
  expect(pathAt(based, url)).toBe(path)
})

test('without a base path the app’s own reading of a path is left to the app', () => {
  expect(pathAt(connectionTo('http://127.0.0.1:2342'), '/a/../b%2Fc')).toBe('/a/../b%2Fc')
})

test.each([
  ['http://127.0.0.1:2342/app/in?a=1#b', 'http://photos.ana.localhost:1/in?a=1#b'],
  ['http://127.0.0.1:2342/else', 'http://photos.ana.localhost:1/else'],
  ['http://127.0.0.1:2343/app/in', 'http://127.0.0.1:2343/app/in'],
  ['https://127.0.0.1:2342/app/in', 'https://127.0.0.1:2342/app/in'],
  ['https://example.org/', 'https://example.org/'],
  ['/in', '/in'],
])('a redirect to %s leads the guest to %s', (location, shown) => {
  expect(locationForGuest(based, location, 'photos.ana.localhost:1')).toBe(shown)
})
