import type { ManifestBody } from '@porchlight/core'
import { idOfBody } from '@porchlight/wire'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sampleManifest } from '../testing/index.ts'
import { manifestType } from './index.ts'
import { narrows } from './narrowing.ts'

const old: ManifestBody = {
  ...sampleManifest,
  relayOk: true,
  automation: 'assistive',
  data: [
    {
      id: 'picture',
      category: 'dpv:Image',
      say: { en: 'Pictures', de: 'Bilder' },
      sensitivity: 2,
      aboutOthers: true,
      optional: false,
    },
  ],
  scopes: sampleManifest.scopes.map((scope) => ({
    ...scope,
    datatypes: ['picture'],
    locations: ['a', 'b'],
    max: { bytesPerDay: 100, streams: 4, window: { days: [1], from: 0, to: 60, tz: 'UTC' } },
  })),
}
const id = idOfBody(manifestType, old)
const next: ManifestBody = { ...old, rev: old.rev + 1, prev: id }
const scoped = (change: Partial<ManifestBody['scopes'][number]>): Partial<ManifestBody> => ({
  scopes: next.scopes.map((scope) => ({ ...scope, ...change })),
})
const kind = (change: Partial<ManifestBody['data'][number]>): Partial<ManifestBody> => ({
  data: next.data.map((each) => ({ ...each, ...change })),
})
const max = next.scopes[0]!.max

const narrower: [string, Partial<ManifestBody>][] = [
  ['nothing but the number', {}],
  ['a scope less', { scopes: next.scopes.slice(0, 1) }],
  ['a purpose less', { purposes: [] }],
  ['no data', { data: [] }],
  ['a language less', { langs: ['en'], title: { en: next.title['en']! } }],
  ['fewer actions', scoped({ actions: [] })],
  ['fewer kinds of data', scoped({ datatypes: [] })],
  ['a location inside one that was', scoped({ locations: ['a/deep'] })],
  ['one direction of two', scoped({ direction: 'they-write' })],
  ['a scope that is not required any more', scoped({ required: false })],
  ['a tighter limit', scoped({ max: { ...max, bytesPerDay: 50 } })],
  ['a limit more', scoped({ max: { ...max, bytesTotal: 5 } })],
  ['less sensitive data', kind({ sensitivity: 1, aboutOthers: false, optional: true })],
  ['no automation', { automation: 'none' }],
  ['no relay', { relayOk: false }],
]
const wider: [string, Partial<ManifestBody>][] = [
  ['another protocol', { proto: '/porchlight/other/1' }],
  ['no link to the text before', { prev: null }],
  ['a link to some other text', { prev: idOfBody(manifestType, { ...old, publisher: 'x' }) }],
  ['the same number', { rev: old.rev }],
  ['another publisher', { publisher: 'somebody' }],
  ['another title', { title: { ...next.title, en: 'Other' } }],
  ['another line', { say: { ...next.say, keep: { en: 'More', de: 'Mehr' } } }],
  ['a language more', { langs: ['en', 'de', 'fr'], title: { ...next.title, fr: 'Oui' } }],
  ['a claim less', { claims: next.claims.slice(1) }],
  ['a promise for what was enforced', { claims: next.claims.map((claim) => ({ ...claim, assurance: 'promised' as const })) }],
  ['a purpose more', { purposes: [...next.purposes, 'dpv:Marketing'] }],
  ['a kind of data more', { data: [...next.data, { ...next.data[0]!, id: 'face' }] }],
  ['more sensitive data', kind({ sensitivity: 3 })],
  ['data that is not optional any more', { data: [{ ...next.data[0]!, optional: true }] }],
  ['a scope more', { scopes: [...next.scopes, { ...next.scopes[0]!, id: 'delete' }] }],
  ['an action more', scoped({ actions: ['read', 'change', 'delete'] })],
  ['a kind of data in a scope more', scoped({ datatypes: ['picture', 'face'] })],
  ['a location more', scoped({ locations: ['a', 'b', 'c'] })],
  ['a location that only looks inside', scoped({ locations: ['ab'] })],
  ['an optional scope that is required now', scoped({ required: true })],
  ['another text of a scope', scoped({ say: { en: 'Other', de: 'Anders' } })],
  ['a looser limit', scoped({ max: { ...max, bytesPerDay: 101 } })],
  ['a limit less', scoped({ max: { streams: 4, window: max.window! } })],
  ['other hours', scoped({ max: { ...max, window: { ...max.window!, to: 61 } } })],
  ['no hours', scoped({ max: { bytesPerDay: 100, streams: 4 } })],
  ['another retention', { retention: 'forever' }],
  ['passing on', { onward: 'anybody' }],
  ['another storage', { storage: 'recipient' }],
  ['more automation', { automation: 'decisions' }],
  ['another contact', { contact: 'somebody else' }],
]

describe('a text narrows another', () => {
  it.each(narrower)('with %s', (_what, change) => expect(narrows({ id, body: old }, { ...next, ...change })).toBe(true))

  it.each(wider)('and does not with %s', (what, change) => {
    // What widens is only seen against a text that has less of it.
    const before = what.startsWith('data that is not optional') ? { ...old, data: [{ ...old.data[0]!, optional: true }] } : old
    const after = what.startsWith('data that is not optional')
      ? { ...next, data: [{ ...old.data[0]!, optional: false }] }
      : { ...next, ...change }
    expect(narrows({ id, body: before }, after)).toBe(false)
  })

  it('by any set of narrowings, and by none that one widening is among', () => {
    fc.assert(
      fc.property(fc.subarray(narrower), fc.option(fc.constantFrom(...wider), { nil: undefined }), (changes, widening) => {
        const merged = Object.assign({}, next, ...changes.map(([, change]) => change), widening?.[1] ?? {}) as ManifestBody
        // A later change may replace what an earlier one did; what counts is what is there in the end.
        if (widening !== undefined && !widening[0].startsWith('data that is not optional'))
          expect(narrows({ id, body: old }, merged)).toBe(false)
        else if (widening === undefined) expect(narrows({ id, body: old }, merged)).toBe(true)
      }),
    )
  })

  it('with relaying that was not allowed, it does not', () => expect(narrows({ id, body: { ...old, relayOk: false } }, next)).toBe(false))
})
