import { expect, test } from 'vitest'
import { answerPage, languageOf } from './pages.ts'
import { pageTexts, type PageName } from './page-texts.ts'

/** A page as it would be sent. */
function pageOf(name: PageName, headers: Record<string, string>, facts = {}): { status: number; body: string } {
  let sent = { status: 0, body: '' }
  const res = {
    shouldKeepAlive: true,
    writeHead: (status: number) => void (sent = { status, body: '' }),
    end: (body?: Buffer) => void (sent = { ...sent, body: String(body ?? '') }),
  }
  answerPage({ headers, method: 'GET', complete: true } as never, res as never, name, facts)
  return sent
}

test.each([
  [undefined, 'en'],
  ['', 'en'],
  ['de', 'de'],
  ['de-AT, en;q=0.9', 'de'],
  ['en;q=0.8, de;q=0.9', 'de'],
  ['de;q=0, en', 'en'],
  ['fr, ja', 'en'],
  ['de;q=x', 'en'],
])('Accept-Language %s gets %s', (header, lang) => {
  expect(languageOf(header)).toBe(lang)
})

test('names are text and never markup, in either form', () => {
  const facts = { service: '<b>', who: '"&\'$&', command: '<script>' }
  const page = pageOf('no-grant', { accept: 'text/html' }, facts)
  expect(page.body).not.toMatch(/<b>|<script>/)
  expect(page.body).toContain('&quot;&amp;&#39;$&amp;')
  expect(pageOf('no-grant', {}, facts).body).toContain('"&\'$&')
})

test('every page exists in both languages, names its language, and loads nothing', () => {
  for (const name of Object.keys(pageTexts) as PageName[]) {
    for (const lang of ['en', 'de']) {
      const { status, body } = pageOf(name, { accept: 'text/html', 'accept-language': lang }, { service: 'photos', who: 'Ana' })
      expect(status).toBe(pageTexts[name].status)
      expect(body).toContain(`<html lang="${lang}">`)
      expect(body.replace(/<style>.*<\/style>/, '')).not.toMatch(/[{}]|src=|href=|url\(|<script/)
    }
  }
})
