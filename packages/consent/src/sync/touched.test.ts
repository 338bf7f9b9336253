import { describe, expect, it } from 'vitest'
import {
  ana,
  askOf,
  ben,
  block,
  contact,
  deny,
  eve,
  factsWith,
  grantOf,
  idFor,
  made,
  proto,
  receipt,
  renounce,
  revoke,
  text,
  unblock,
} from '../testing/made-facts.ts'
import { sampleManifest } from '../testing/sample-manifest.ts'
import type { KnownFact } from './fact-index.ts'
import { touchedBy } from './merge.ts'

const [asked, other] = [askOf('asked'), askOf('other')]
const ofEve = askOf('of eve', { iss: eve })
const elsewhere = made('manifest', 'elsewhere', { ...sampleManifest, proto: '/else/where/1' })
const under = askOf('under', { manifest: idFor('elsewhere') })
const textless = askOf('textless', { manifest: idFor('nowhere') })
const base = [text, elsewhere, asked, other, ofEve, under, textless]

const names = ['g', 'h', 'r', 'asked', 'other', 'of eve', 'under', 'textless']
const nameOf = (id: string): string => names.find((name) => idFor(name) === id) ?? id
/** Which records these facts may change, by their names. */
function touched(facts: readonly KnownFact[], more: readonly KnownFact[] = []) {
  const { agreements, asks, cooldowns } = touchedBy(facts, factsWith(...base, ...more, ...facts))
  for (const [key, { household, protocol }] of cooldowns) expect(key).toBe(`${household} ${protocol}`)
  return {
    agreements: [...agreements].map(nameOf).toSorted(),
    asks: [...asks].map(nameOf).toSorted(),
    cooldowns: [...cooldowns.keys()].toSorted(),
  }
}
const nothing = { agreements: [], asks: [], cooldowns: [] }
const [ofBen, ofBenElsewhere] = [`${ben} ${proto}`, `${ben} /else/where/1`]

describe('a fact may change', () => {
  it.each<[string, KnownFact, Partial<ReturnType<typeof touched>>]>([
    ['a grant itself', grantOf('g'), { agreements: ['g'] }],
    ['a renewal itself and what it renews', grantOf('g', { renews: idFor('r') }), { agreements: ['g', 'r'] }],
    ['an answer itself and its ask', grantOf('g', { ask: idFor('asked') }), { agreements: ['g'], asks: ['asked'] }],
    ['a receipt: its grant', receipt('said'), { agreements: ['g'] }],
    ['a companion: its grant', made('given', 'said', { grant: idFor('g') }), { agreements: ['g'] }],
    ['a revocation: all it names', revoke('said', { grants: [idFor('g'), idFor('h')] }), { agreements: ['g', 'h'] }],
    ['a renunciation: all it names', renounce('said', { grants: [idFor('g'), idFor('h')] }), { agreements: ['g', 'h'] }],
    ['a pause: none', made('pause', 'said', {}), {}],
    ['a resume: none, for it is laid on by itself', made('resume', 'said', { pauses: [], grants: [idFor('g')] }), {}],
    ['an erasure: none, for it is followed by itself', made('erase', 'said', { over: [idFor('g')] }), {}],
  ])('%s', (_what, fact, expected) => {
    expect(touched([fact])).toEqual({ ...nothing, ...expected })
  })

  it('what a grant renews too, when it is its receipt or companion that comes', () => {
    const renewal = grantOf('g', { renews: idFor('r') })
    for (const fact of [receipt('said'), made('given', 'said', { grant: idFor('g') })])
      expect(touched([fact], [renewal])).toEqual({ ...nothing, agreements: ['g', 'r'] })
  })

  it('an ask: itself, and how later ones of that contact are taken under its protocol; without its text the ask alone', () => {
    expect(touched([under])).toEqual({ ...nothing, asks: ['under'], cooldowns: [ofBenElsewhere] })
    expect(touched([textless])).toEqual({ ...nothing, asks: ['textless'] })
  })

  it('an ask that was denied: all of that contact, for which denial it is counts', () => {
    expect(touched([asked], [deny('no')])).toEqual({ ...nothing, asks: ['asked', 'other', 'textless', 'under'], cooldowns: [ofBen] })
    expect(touched([asked], [grantOf('g', { ask: idFor('asked') })])).toEqual({ ...nothing, asks: ['asked'], cooldowns: [ofBen] })
  })

  it('a "no": all asks of that contact, and the answers to this one', () => {
    const yes = grantOf('g', { ask: idFor('asked') })
    expect(touched([deny('no')], [yes, grantOf('h')])).toEqual({
      agreements: ['g'],
      asks: ['asked', 'other', 'textless', 'under'],
      cooldowns: [ofBen],
    })
    expect(touched([deny('no', { ask: idFor('unknown') })])).toEqual(nothing)
  })

  it('a text: everything that came under it', () => {
    const facts = [grantOf('g', { renews: idFor('r') }), grantOf('h', { manifest: idFor('elsewhere') })]
    expect(touched([text], facts)).toEqual({
      agreements: ['g', 'r'],
      asks: ['asked', 'of eve', 'other'],
      cooldowns: [ofBen, `${eve} ${proto}`].toSorted(),
    })
  })

  const ofBoth = [grantOf('g'), grantOf('h', { aud: { household: eve } })]
  const allOfBen = { agreements: ['g'], asks: ['asked', 'other', 'textless', 'under'], cooldowns: [ofBen, ofBenElsewhere].toSorted() }

  it.each([
    ['block', block('said')],
    ['word about a contact', contact('said')],
  ])('a %s: everything of that household', (_what, fact) => {
    expect(touched([fact], ofBoth)).toEqual(allOfBen)
  })

  it('a block of a protocol that nobody asked under: how asks are taken under that one too', () => {
    const expected = { ...allOfBen, cooldowns: [...allOfBen.cooldowns, `${ben} /third/one/1`].toSorted() }
    expect(touched([block('said', { protocol: '/third/one/1' })], ofBoth)).toEqual(expected)
  })

  it('what lifts a block or a "no": everything of the household of whichever it lifts, and of no other', () => {
    const lifted = [block('lifted'), deny('no'), block('of eve too', { household: eve, iss: ana }), deny('odd', { ask: idFor('unknown') })]
    const more = [...ofBoth, ...lifted]
    for (const name of ['lifted', 'no']) expect(touched([unblock(name)], more)).toEqual(allOfBen)
    expect(touched([unblock('of eve too')], more)).toEqual({ agreements: ['h'], asks: ['of eve'], cooldowns: [`${eve} ${proto}`] })
    expect(touched([unblock('lifted', 'of eve too')], more).agreements).toEqual(['g', 'h'])
    for (const name of ['odd', 'unknown', 'g', 'asked']) expect(touched([unblock(name)], more)).toEqual(nothing)
  })
})
