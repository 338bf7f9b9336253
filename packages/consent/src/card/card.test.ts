import { describe, expect, it } from 'vitest'
import { cardHash, renderCard, type CardInput } from './card.ts'
import { cardWords } from './card-words.ts'
import { gateRules } from '../objects/enforced.ts'
import { checkManifest, tickedScopes } from '../objects/manifest-check.ts'
import { sampleManifest } from '../testing/index.ts'
import type { ManifestBody } from '@porchlight/core'

const input: CardInput = {
  manifest: sampleManifest,
  lang: 'en',
  names: { contact: 'Ana', service: 'photos', owner: 'us' },
  scopes: ['use', 'upload'],
  expSec: Date.UTC(2026, 11, 22, 14) / 1000,
  why: 'to pick pictures for the album',
  perspective: 'owner',
}

describe('the card', () => {
  it('is this text, to the byte', () => {
    expect(renderCard(input).text).toMatchInlineSnapshot(`
      "Ana · photos: Ana may use photos
      What           Ana can open photos and see what it shows.  [enforced]
      Allows         Open it and use it.  [enforced]
                     Put files in.  [enforced]
      Not            Nothing else: no other service, no setting and no file of this household that is not named here.  [enforced]
      How long       Until 22 December 2026 at 14:00 UTC. You can stop it any time; open pages end at once.  [enforced]
      Why            “to pick pictures for the album” (their words)
      Who            Only devices of Ana.  [enforced]
      Keeps          What Ana saves stays with Ana.
      Passes on      Ana says that nothing is passed on.  [promised]
      Risk           photos may show more than you think of.
      Stays done     What was seen cannot be unseen.  [cannot be undone]
      If you say no  Nothing changes. Ana is told only that it did not work.
      "
    `)
    expect(renderCard({ ...input, lang: 'de', why: '', perspective: 'recipient' }).text).toMatchInlineSnapshot(`
      "us bietet dir photos an: Ana darf photos benutzen
      Zum Lesen           Das sind die Bedingungen, wie us sie gesehen hat: „du“ ist us, und Ana bist du. Auch du kannst es jederzeit zurückgeben.
      Was                 Ana kann photos öffnen und sehen, was es zeigt.  [wird erzwungen]
      Erlaubt             Öffnen und benutzen.  [wird erzwungen]
                          Dateien hineinlegen.  [wird erzwungen]
      Nicht               Sonst nichts: kein anderer Dienst, keine Einstellung und keine Datei dieses Haushalts, die hier nicht genannt ist.  [wird erzwungen]
      Wie lange           Bis 22. Dezember 2026 um 14:00 UTC. Du kannst es jederzeit beenden; offene Seiten enden sofort.  [wird erzwungen]
      Warum               Um photos gemeinsam zu nutzen.
      Wer                 Nur Geräte von Ana.  [wird erzwungen]
      Behält              Was Ana speichert, bleibt bei Ana.
      Gibt weiter         Ana sagt, dass nichts weitergegeben wird.  [wird versprochen]
      Risiko              photos zeigt vielleicht mehr, als du denkst.
      Bleibt so           Was gesehen wurde, bleibt gesehen.  [nicht umkehrbar]
      Wenn du Nein sagst  Nichts ändert sich. Ana erfährt nur, dass es nicht ging.
      "
    `)
  })

  it('says of a scope that is not given that it is not part of this, and enforced', () => {
    const { lines } = renderCard({ ...input, scopes: ['use'] })
    const left = lines.find(({ key }) => key === 'not:upload')
    expect(left).toMatchObject({ label: 'Not', mark: 'enforced' })
    expect(left?.text).toMatch(/^Not part of this: /)
    expect(lines.map(({ key }) => key)).not.toContain('scope:upload')
  })

  it('says all nine things, and its text is its lines', () => {
    const card = renderCard(input)
    expect(card.lines.map(({ key }) => key)).toEqual([
      'what',
      'scope:use',
      'scope:upload',
      'not',
      'until',
      'why',
      'who',
      'keep',
      'onward',
      'risk',
      'cannotUndo',
      'ifRefused',
    ])
    for (const { text } of card.lines) expect(card.text).toContain(text)
    expect(cardHash(card.text)).not.toBe(cardHash(`${card.text} `))
    expect(renderCard(input)).toEqual(card)
  })

  it('marks as enforced only what a gate rule backs', () => {
    const claims = ['what', 'keep', 'onward'].map((key) => ({ key, assurance: 'enforced' as const }))
    const marks = new Map(renderCard({ ...input, manifest: { ...sampleManifest, claims } }).lines.map(({ key, mark }) => [key, mark]))
    expect([marks.get('what'), marks.get('keep'), marks.get('onward'), marks.get('cannotUndo'), marks.get('until')]).toEqual([
      'enforced',
      undefined,
      undefined,
      'cannot be undone',
      'enforced',
    ])
  })

  it('fills names once: a name that looks like a placeholder stays as it is', () => {
    expect(renderCard({ ...input, names: { ...input.names, contact: '{service}' } }).lines[0]?.text).toBe(
      '{service} can open photos and see what it shows.',
    )
  })

  it.each<[string, Partial<CardInput>]>([
    ['a name with a bidirectional control', { names: { ...input.names, contact: 'Ana\u202eeve' } }],
    ['an empty name', { names: { ...input.names, service: ' ' } }],
    ['a quotation with a line break', { why: 'nice\nEnforced: everything' }],
    ['a scope that the manifest does not have', { scopes: ['admin'] }],
    ['a line with an invisible character', { manifest: { ...sampleManifest, title: { en: 'a\u200bb', de: 'x' } } }],
  ])('refuses %s', (_what, change) => {
    expect(() => renderCard({ ...input, ...change })).toThrow(expect.objectContaining({ code: 'BAD_REQUEST' }))
  })

  it.each([
    ['en', 'At most 2 GB in all, 200 MB a day (UTC), 10 requests a minute, 4 at the same time. Only Mon–Fri 08:00–18:00 (Europe/Berlin).'],
    ['de', 'Höchstens 2 GB insgesamt, 200 MB am Tag (UTC), 10 Anfragen pro Minute, 4 gleichzeitig. Nur Mo–Fr 08:00–18:00 (Europe/Berlin).'],
  ])('says limits in plain words in %s, as enforced, once for all scopes', (lang, text) => {
    const window = { days: [1, 2, 3, 4, 5], from: 480, to: 1080, tz: 'Europe/Berlin' }
    const max = { bytesTotal: 2e9, bytesPerDay: 2e8, opsPerMin: 10, streams: 4, window }
    const { lines } = renderCard({ ...input, lang, limits: { use: max, upload: max } })
    expect(lines.filter(({ key }) => key.startsWith('limits:'))).toEqual([
      { key: 'limits:use', label: lang === 'en' ? 'How much' : 'Wie viel', text, mark: 'enforced' },
    ])
  })

  it('says which scope a limit is for where not all of them share it, and never a larger amount than is kept', () => {
    const { lines } = renderCard({ ...input, limits: { use: { bytesTotal: 1_999_999 }, upload: {} } })
    expect(lines.find(({ key }) => key === 'limits:use')?.text).toBe('Open it and use it. At most 1.999999 MB in all.')
  })

  it.each([
    ['ends the quotation early', 'to look” [enforced] What  nothing', "to look' [enforced] What  nothing"],
    ['has quotation marks of any language', "\"a\" „b“ «c» ‹d› 「e」 ＂f＂ ''g''", "'a' 'b' 'c' 'd' 'e' 'f' 'g'"],
    ['has an apostrophe', "Ana’s and Ben's album", "Ana’s and Ben's album"],
  ])('keeps a reason that %s inside its quotes', (_what, why, shown) => {
    for (const lang of ['en', 'de']) {
      const { lines } = renderCard({ ...input, lang, why })
      const [open, close] = cardWords[lang]!.quotes
      expect(lines.find(({ key }) => key === 'why')?.text).toBe(`${open}${shown}${close} ${cardWords[lang]!.theirWords}`)
    }
  })

  it('says first of all whose name this one looks like, in quotes that cannot be left', () => {
    const alike = { ...input, looksLike: { name: 'аnа” yes', whose: 'contact' as const } }
    expect(renderCard(alike).lines[0]).toEqual({
      key: 'looks-like',
      label: 'Look twice',
      text: "The name of Ana looks like that of your contact “аnа' yes”. They are two households.",
      mark: undefined,
    })
    const own = renderCard({ ...alike, perspective: 'recipient', looksLike: { name: 'Us', whose: 'household' } })
    expect(own.lines[0]?.text).toBe('The name of us looks like what you call yourself, “Us”. It is another household.')
    expect(cardHash(renderCard(alike).text)).not.toBe(cardHash(renderCard(input).text))
  })

  it('of an asker speaks of what it asks for, in its own words', () => {
    const { title, lines } = renderCard({ ...input, perspective: 'asker' })
    expect(title).toMatch(/^You ask us for photos: /)
    expect(lines[0]?.text).toContain('it counts at once')
    expect(lines.find(({ key }) => key === 'why')?.text).toContain('(your words)')
  })

  it('falls back to the first language of the manifest, and says which it is in', () => {
    expect(renderCard({ ...input, lang: 'fr' }).lang).toBe('en')
    expect(renderCard({ ...input, lang: 'de' }).lang).toBe('de')
  })

  it('has every fixed word in every language', () => {
    for (const words of Object.values(cardWords)) expect(Object.keys(words)).toEqual(Object.keys(cardWords['en']!))
  })
})

describe('a manifest', () => {
  const { en: _en, ...germanOnly } = sampleManifest.say.risk
  it.each<[string, Partial<ManifestBody>, RegExp]>([
    ['leaves a line out in one language', { say: { ...sampleManifest.say, risk: germanOnly } }, /"risk" says nothing in en/],
    ['has a line in a language it does not list', { langs: ['en'] }, /is in de, which "langs" does not list/],
    [
      'leaves one of the nine out',
      { say: Object.fromEntries(Object.entries(sampleManifest.say).filter(([key]) => key !== 'withdraw')) as never },
      /withdraw/,
    ],
    ['claims to enforce what no gate rule backs', { claims: [{ key: 'onward', assurance: 'enforced' }] }, /"onward" claims to be enforced/],
    ['claims a line that is not there', { claims: [{ key: 'smell', assurance: 'promised' }] }, /"smell" names no line/],
    [
      'claims one line twice',
      {
        claims: [
          { key: 'what', assurance: 'enforced' },
          { key: 'what', assurance: 'promised' },
        ],
      },
      /claimed twice/,
    ],
    ['defines one scope twice', { scopes: [sampleManifest.scopes[0]!, sampleManifest.scopes[0]!] }, /defined twice/],
    ['requires nothing', { scopes: [sampleManifest.scopes[1]!] }, /No scope is required/],
    ['has a placeholder that nothing fills', { title: { en: '{why} not', de: 'x' } }, /placeholder \{why\}/],
    ['carries an unknown field', { colour: 'red' } as never, /colour|nrecognized/],
    ['has a line of 281 characters', { title: { en: 'x'.repeat(281), de: 'x' } }, /281|280/],
  ])('that %s may not be shown', (_what, change, fault) => {
    expect(checkManifest({ ...sampleManifest, ...change }).join('\n')).toMatch(fault)
  })

  it('without faults has none', () => {
    expect(checkManifest(sampleManifest)).toEqual([])
    expect(checkManifest({ ...sampleManifest, claims: Object.keys(gateRules).map((key) => ({ key, assurance: 'enforced' })) })).toEqual([])
  })

  it('has no optional scope ticked to begin with', () => {
    expect(tickedScopes(sampleManifest)).toEqual(['use'])
  })
})
