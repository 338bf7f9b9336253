import type { ManifestBody } from '@porchlight/core'
import { describe, expect, it } from 'vitest'
import { sampleManifest } from '../testing/index.ts'
import { checkManifest, manifestFaults, tickedScopes } from './manifest-check.ts'

type Change = (manifest: any) => void
/** The sample manifest with something changed; typed loosely, as what a stranger sends is. */
function changed(change: Change): ManifestBody {
  const manifest = structuredClone(sampleManifest)
  change(manifest)
  return manifest
}
const faultsOf = (change: Change, door?: Parameters<typeof manifestFaults>[1]) => manifestFaults(changed(change), door)
const unclean = 'The text is not NFC, or carries control, bidirectional or invisible characters.'

it('a manifest without faults is shown, and only its required scopes are ticked to begin with', () => {
  expect(manifestFaults(sampleManifest)).toEqual([])
  expect(checkManifest(sampleManifest)).toEqual([])
  expect(tickedScopes(sampleManifest)).toEqual(['use'])
})

describe('a manifest has a fault, named by its field, where', () => {
  it.each<[string, Change, string, string]>([
    ['a language is none', (m) => (m.langs = ['en', 'de', 'e-']), 'langs[2]', ''],
    ['a language is listed twice', (m) => (m.langs = ['en', 'de', 'en']), 'langs[2]', 'The language en is listed twice.'],
    ['the title is missing in a language', (m) => delete m.title.de, 'title.de', 'The title says nothing in de.'],
    ['the title is blank in a language', (m) => (m.title.de = ' '), 'title.de', 'The title says nothing in de.'],
    ['a line is missing in a language', (m) => delete m.say.risk.en, 'say.risk.en', 'The line "risk" says nothing in en.'],
    ['a scope says nothing', (m) => delete m.scopes[1].say.de, 'scopes[1].say.de', 'The scope "upload" says nothing in de.'],
    ['a text is in another language', (m) => (m.title.fr = 'Titre'), 'title.fr', 'The title is in fr, which "langs" does not list.'],
    [
      'a placeholder is unknown',
      (m) => (m.title.en = '{contact} and {petname}'),
      'title.en',
      'The title has the placeholder {petname}; only {contact} and {service} are filled.',
    ],
    [
      'a placeholder is not closed',
      (m) => (m.say.why.en = 'For {contact'),
      'say.why.en',
      'The line "why" has the placeholder {contact; only {contact} and {service} are filled.',
    ],
    ['a claim names no line', (m) => (m.claims[1].key = 'nothing'), 'claims[1]', 'The claim "nothing" names no line.'],
    [
      'a line is claimed twice',
      (m) => m.claims.push({ key: 'who', assurance: 'promised' }),
      'claims[4]',
      'The line "who" is claimed twice.',
    ],
    [
      'a line claims what nothing enforces',
      (m) => (m.claims[3].assurance = 'enforced'),
      'claims[3]',
      'The line "onward" claims to be enforced, but no gate rule backs it.',
    ],
    [
      'a limit is claimed that a scope need not carry',
      (m) => {
        m.claims.push({ key: 'bytesTotal', assurance: 'enforced' })
        m.scopes[0].max.bytesTotal = 5
      },
      'claims[4]',
      'The line "bytesTotal" claims to be enforced, but a scope allows more: "bytesTotal" is not in the "max" of every scope.',
    ],
    ['a scope is defined twice', (m) => (m.scopes[1].id = 'use'), 'scopes[1].id', 'The scope "use" is defined twice.'],
    [
      'no scope is required',
      (m) => (m.scopes[0].required = false),
      'scopes',
      'No scope is required, so nothing would be ticked to begin with.',
    ],
    ['a text is not in its one form', (m) => (m.say.what.en = 'e\u0301'), 'say.what.en', unclean],
    ['a text turns the writing round', (m) => (m.title.en = 'a\u202eb'), 'title.en', unclean],
    ['a text far inside is unclean', (m) => (m.scopes[1].say.de = 'a\u0007'), 'scopes[1].say.de', unclean],
  ])('%s', (_what, change, field, says) => {
    const faults = faultsOf(change)
    expect(faults[0]?.field).toBe(field)
    if (says !== '') expect(faults).toEqual([{ field, says }])
    expect(checkManifest(changed(change))[0]).toBe(`${field}: ${faults[0]!.says}`)
  })

  it('a text in a list is unclean, beside what else is wrong with it', () => {
    const faults = faultsOf((m) => (m.purposes = ['dpv:ServiceProvision', 'a\u200bb']))
    expect(faults.map(({ field }) => field)).toEqual(['purposes[1]', 'purposes[1]'])
    expect(faults[1]?.says).toBe(unclean)
  })

  it('a name of a language is unclean', () => {
    expect(faultsOf((m) => (m.title['x\u202e'] = 'a'))).toContainEqual({ field: 'title', says: unclean })
  })

  it('several are wrong: all of them are said', () => {
    const faults = faultsOf((m) => {
      delete m.title.de
      m.title.fr = '{who}'
      m.claims[0].key = 'x'
    })
    expect(faults.map(({ field }) => field)).toEqual(['title.de', 'title.fr', 'title.fr', 'claims[0]'])
  })

  it('a claim is promised, or every scope carries the limit, nothing is wrong', () => {
    expect(faultsOf((m) => m.claims.push({ key: 'bytesTotal', assurance: 'promised' }))).toEqual([])
    expect(
      faultsOf((m) => {
        m.claims.push({ key: 'bytesTotal', assurance: 'enforced' })
        for (const scope of m.scopes) scope.max.bytesTotal = 5
      }),
    ).toEqual([])
    for (const key of ['not', 'until']) expect(faultsOf((m) => m.claims.push({ key, assurance: 'enforced' }))).toEqual([])
  })
})

describe('a manifest of a door that no grant opens', () => {
  it('has no scope', () => {
    expect(faultsOf((m) => (m.claims = []), 'contact')).toEqual([
      { field: 'scopes', says: 'Behind the door "contact" there is nothing to grant, so no scope.' },
    ])
    expect(faultsOf((m) => ((m.claims = []), (m.scopes = [])), 'contact')).toEqual([])
  })

  it('claims only what that door enforces', () => {
    const claiming = (key: string, door: 'contact' | 'anyone') =>
      faultsOf((m) => ((m.scopes = []), (m.claims = [{ key, assurance: 'enforced' }])), door).map(({ says }) => says)
    for (const key of ['what', 'who', 'withdraw', 'ifRefused']) expect(claiming(key, 'contact')).toEqual([])
    for (const key of ['what', 'ifRefused']) expect(claiming(key, 'anyone')).toEqual([])
    for (const key of ['who', 'withdraw', 'until', 'not'])
      expect(claiming(key, 'anyone')).toEqual([`The line "${key}" claims to be enforced, but no gate rule backs it.`])
    expect(claiming('bytesTotal', 'contact')).toEqual([
      'The line "bytesTotal" claims to be enforced, but a scope allows more: "bytesTotal" is not in the "max" of every scope.',
    ])
  })
})

describe('what does not have the shape of a manifest', () => {
  it.each<[string, Change, string]>([
    ['a field is missing', (m) => delete m.title, 'title'],
    ['a list is too short', (m) => (m.langs = []), 'langs'],
    ['an item of a list is wrong', (m) => (m.scopes[1].id = 5), 'scopes[1].id'],
    ['an item far inside is wrong', (m) => (m.scopes[0].locations[0] = 5), 'scopes[0].locations[0]'],
  ])('is said by its field: %s', (_what, change, field) => {
    const [fault] = faultsOf(change)
    expect(fault?.field).toBe(field)
    expect(fault?.says).toMatch(/^[A-Z].*\.$/)
  })
})
