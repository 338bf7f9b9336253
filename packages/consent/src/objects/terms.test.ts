import { limits, type Limits } from '@porchlight/core'
import { idOf } from '@porchlight/wire'
import { describe, expect, it } from 'vitest'
import { sampleManifest } from '../testing/index.ts'
import { checkEnforceable, checkTerms, shownOf, type Terms } from './terms.ts'

const nbf = 1_800_000_000
const daySec = 86_400
const scope = (id = 'use', locations = ['photos'], max: Limits = {}) => ({ id, locations, max })
const terms = (change: Partial<Terms> = {}): Terms => ({
  manifest: sampleManifest,
  scopes: [scope()],
  purposes: ['dpv:ServiceProvision'],
  nbf,
  exp: nbf + 30 * daySec,
  ...change,
})
const reasonOf = (check: () => unknown): unknown => {
  try {
    check()
    return undefined
  } catch (error) {
    expect(error).toMatchObject({ code: 'BAD_REQUEST', message: expect.stringMatching(/./) })
    return (error as { reason: string }).reason
  }
}
const bounded = {
  ...sampleManifest,
  scopes: sampleManifest.scopes.map((each) => ({ ...each, locations: ['photos'], max: { streams: 2 } })),
}
const mostSec = limits.grantLifetimeMs / 1000

describe('terms', () => {
  it.each<[string, Partial<Terms>]>([
    ['one scope at one place', {}],
    ['two scopes at the same place', { scopes: [scope(), scope('upload')] }],
    ['no purpose', { purposes: [] }],
    ['the longest life there is', { exp: nbf + mostSec }],
    ['a life of one second', { exp: nbf + 1 }],
    ['a place as long as a card shows', { scopes: [scope('use', ['x'.repeat(limits.petnameChars)])] }],
    ['a place of as many characters of two units each', { scopes: [scope('use', ['😀'.repeat(limits.petnameChars)])] }],
    ['the whole protocol', { scopes: [scope('use', [''])] }],
    ['what the manifest bounds, within it', { manifest: bounded, scopes: [scope('use', ['photos/2026'], { streams: 2 })] }],
  ])('may name %s', (_what, change) => expect(reasonOf(() => checkTerms(terms(change)))).toBeUndefined())

  it.each<[string, Partial<Terms>, string]>([
    ['no scope', { scopes: [] }, 'scope-unknown'],
    ['a scope that the text does not have', { scopes: [scope(), scope('delete')] }, 'scope-unknown'],
    ['a place outside the text', { manifest: bounded, scopes: [scope('use', ['music'], { streams: 2 })] }, 'wider-than-manifest'],
    ['more than the text allows', { manifest: bounded, scopes: [scope('use', ['photos'], { streams: 3 })] }, 'wider-than-manifest'],
    ['no limit where the text has one', { manifest: bounded }, 'wider-than-manifest'],
    ['a purpose that the text does not have', { purposes: ['dpv:ServiceProvision', 'dpv:Marketing'] }, 'purpose-unknown'],
    ['two places in one scope', { scopes: [scope('use', ['photos', 'music'])] }, 'location-several'],
    ['two places in two scopes', { scopes: [scope(), scope('upload', ['music'])] }, 'location-several'],
    ['a place longer than a card', { scopes: [scope('use', ['x'.repeat(limits.petnameChars + 1)])] }, 'location-long'],
    [
      'a whole protocol whose name is longer than a card',
      { manifest: { ...sampleManifest, proto: `/${'x'.repeat(limits.petnameChars)}` }, scopes: [scope('use', [''])] },
      'location-long',
    ],
    ['an end at its beginning', { exp: nbf }, 'expiry'],
    ['a beginning that is no whole second', { nbf: nbf + 0.5 }, 'expiry'],
    ['an end that is no whole second', { exp: nbf + 1.5 }, 'expiry'],
    ['a day that no calendar has', { nbf: 8.64e12, exp: 8.64e12 + 1 }, 'expiry'],
    ['a life longer than the longest', { exp: nbf + mostSec + 1 }, 'expiry'],
  ])('may not name %s', (_what, change, reason) => expect(reasonOf(() => checkTerms(terms(change)))).toBe(reason))
})

describe('a grant that this household holds itself to', () => {
  it('names where it holds, in every scope, unless its protocol has no places', () => {
    expect(reasonOf(() => checkEnforceable([scope()], false))).toBeUndefined()
    expect(reasonOf(() => checkEnforceable([scope(), scope('upload', ['photos', ''])], false))).toBe('location-missing')
    expect(reasonOf(() => checkEnforceable([scope('use', [''])], true))).toBeUndefined()
  })
})

describe('the text that was shown', () => {
  const ofBytes = (bytes: number) => () => shownOf({ text: 'ä'.repeat(bytes / 2), lang: 'de' })

  it('is kept by the hash of its bytes, with its language', () => {
    expect(shownOf({ text: 'Öffnen', lang: 'de' })).toEqual({ hash: idOf(new TextEncoder().encode('Öffnen')), lang: 'de' })
  })

  it('is something, and no longer than its limit in bytes', () => {
    expect(reasonOf(ofBytes(0))).toBe('nothing-shown')
    expect(ofBytes(limits.shownTextBytes)).not.toThrow()
    expect(ofBytes(limits.shownTextBytes + 2)).toThrow(expect.objectContaining({ code: 'TOO_LARGE' }))
  })
})
