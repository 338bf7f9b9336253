import { expect, test } from 'vitest'
import { isFromOtherSite } from './cross-site.ts'

const host = 'photos.ana.localhost:7080'
const site = (value: string, mode: string, dest: string) => ({ 'sec-fetch-site': value, 'sec-fetch-mode': mode, 'sec-fetch-dest': dest })

test.each([
  ['a program', 'POST', {}, false],
  ['the app’s own page', 'POST', { ...site('same-origin', 'cors', 'empty'), origin: `http://${host}` }, false],
  ['an address typed in', 'GET', site('none', 'navigate', 'document'), false],
  ['another app of the same contact', 'GET', site('same-site', 'cors', 'empty'), true],
  ['a link in another app of the same contact', 'GET', site('same-site', 'navigate', 'document'), false],
  ['a form in another app of the same contact', 'POST', site('same-site', 'navigate', 'document'), true],
  ['a link on another site', 'GET', site('cross-site', 'navigate', 'document'), false],
  ['a form on another site', 'POST', { ...site('cross-site', 'navigate', 'document'), origin: 'https://evil.example' }, true],
  ['a frame on another site', 'GET', site('cross-site', 'navigate', 'iframe'), true],
  ['an image on another site', 'GET', site('cross-site', 'no-cors', 'image'), true],
  ['a script on another site', 'GET', { ...site('cross-site', 'cors', 'empty'), origin: 'https://evil.example' }, true],
  ['an older browser, own page', 'POST', { origin: `http://${host.toUpperCase()}` }, false],
  ['an older browser, another site', 'POST', { origin: 'https://evil.example' }, true],
  ['an older browser, another port', 'POST', { origin: 'http://photos.ana.localhost:1' }, true],
  ['an older browser, a sandboxed frame', 'POST', { origin: 'null' }, true],
])('%s: %s refused is %o', (_who, method, headers, refused) => {
  expect(isFromOtherSite({ method, headers, rawHeaders: Object.entries(headers).flat() }, host)).toBe(refused)
})

test('a WebSocket that another site opens is refused even if it poses as a link', () => {
  const headers = { ...site('cross-site', 'navigate', 'document'), connection: 'Upgrade', upgrade: 'websocket' }
  expect(isFromOtherSite({ method: 'GET', headers, rawHeaders: Object.entries(headers).flat() }, host)).toBe(true)
})
