import { limits, type ManifestBody } from '@porchlight/core'
import { describe, expect, it } from 'vitest'
import { sampleManifest } from '../testing/index.ts'
import { renderCard, type CardInput } from './card.ts'
import { limitsText, limitWords } from './limit-words.ts'

const input: CardInput = {
  manifest: sampleManifest,
  lang: 'en',
  names: { contact: 'Ana', service: 'photos', owner: 'us' },
  scopes: ['use'],
  expSec: Date.UTC(2026, 11, 22, 14) / 1000,
  perspective: 'owner',
}
/** The sample in one language only, told in English words. */
function inLanguage(lang: string): ManifestBody {
  const only = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(only)
    if (typeof value !== 'object' || value === null) return value
    if ('en' in value && 'de' in value) return { [lang]: value.en }
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, only(item)]))
  }
  return { ...(only(sampleManifest) as ManifestBody), langs: [lang] }
}
const limitLine = (lang: string) =>
  renderCard({ ...input, manifest: inLanguage(lang), lang, limits: { use: { streams: 2 } } }).lines.find(({ key }) => key === 'limits:use')
    ?.text

const always = ['what', 'scope:use', 'not:upload', 'not', 'until', 'why', 'who', 'keep', 'onward', 'risk', 'cannotUndo', 'ifRefused']

describe('the lines of a card', () => {
  it.each<[string, Partial<CardInput>, string[]]>([
    ['an owner reads what is given and what is not', {}, always],
    ['a recipient reads first whose words these are', { perspective: 'recipient' }, ['reading', ...always]],
    ['an asker reads first whose words these are', { perspective: 'asker' }, ['reading', ...always]],
    [
      'a name that looks like another comes before everything',
      { perspective: 'recipient', looksLike: { name: 'Anna', whose: 'household' } },
      ['looks-like', 'reading', ...always],
    ],
    [
      'limits stand after what is not given',
      { limits: { use: { streams: 2 } } },
      ['what', 'scope:use', 'not:upload', 'not', 'limits:use', ...always.slice(4)],
    ],
  ])('stand in this order under these keys: %s', (_what, change, keys) => {
    expect(renderCard({ ...input, ...change }).lines.map(({ key }) => key)).toEqual(keys)
  })

  it.each([
    ['contact', 'contact name'],
    ['service', 'service name'],
    ['owner', 'owner name'],
  ] as const)('name the %s that is too long or unclean', (which, said) => {
    for (const name of ['a'.repeat(limits.petnameChars + 1), 'a\u202eb'])
      expect(() => renderCard({ ...input, names: { ...input.names, [which]: name } })).toThrow(
        expect.objectContaining({ code: 'BAD_REQUEST', message: expect.stringContaining(said) }),
      )
  })
})

describe('the limits on a card', () => {
  it.each([
    ['the words of a language that has its own', 'de', 'Höchstens 2 gleichzeitig.'],
    ['those of the language for a country of it', 'de-AT', 'Höchstens 2 gleichzeitig.'],
    ['English words where there are none', 'fr', 'At most 2 at the same time.'],
    ['English words for a country of such a language', 'fr-CA', 'At most 2 at the same time.'],
  ])('are said in %s', (_what, lang, text) => {
    expect(limitLine(lang)).toBe(text)
  })

  it.each([
    [[1], 'Mon'],
    [[6, 7], 'Sat, Sun'],
    [[1, 2, 3], 'Mon–Wed'],
    [[1, 2, 4, 5, 6, 7], 'Mon, Tue, Thu–Sun'],
    [[1, 3, 5], 'Mon, Wed, Fri'],
  ])('join days only from three on: %j', (days, said) => {
    const window = { days, from: 5, to: 1440, tz: 'UTC' }
    expect(limitsText({ window }, limitWords['en']!)).toBe(`Only ${said} 00:05–24:00 (UTC).`)
  })
})
