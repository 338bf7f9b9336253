import { describe, expect, it } from 'vitest'
import {
  ana,
  ben,
  eve,
  idFor,
  made,
  nowSec,
  factsWith,
  leastOf,
  text,
  grantOf,
  given,
  receipt,
  revoke,
  renounce,
  contact,
  deny,
  block,
} from '../testing/made-facts.ts'
import { effectiveGrant, effectiveHeld } from './effective.ts'
import type { KnownFact } from './fact-index.ts'

describe('a grant of ours', () => {
  const stateWith = (...more: KnownFact[]) =>
    effectiveGrant(factsWith(grantOf('g'), text, given, receipt('signed'), ...more), ana, idFor('g'), nowSec)?.state
  const stateOf = (grant: object, ...more: KnownFact[]) =>
    effectiveGrant(factsWith(grantOf('g', grant), text, given, ...more), ana, idFor('g'), nowSec)?.state

  it('is in force once both signed, from its first second to before its last', () => {
    expect(stateWith()).toBe('ACTIVE')
    expect(stateOf({}, receipt('signed'))).toBe('ACTIVE')
    expect(stateOf({ nbf: nowSec + 1, exp: nowSec + 2 }, receipt('signed'))).toBe('SCHEDULED')
    expect(stateOf({ nbf: nowSec - 1, exp: nowSec }, receipt('signed'))).toBe('EXPIRED')
  })

  it.each<[string, KnownFact[]]>([
    ['nobody signed it', []],
    ['somebody else signed it', [receipt('r', { iss: eve })]],
    ['they signed fewer scopes', [receipt('r', { accepts: ['use'] })]],
    ['they signed more scopes', [receipt('r', { accepts: ['use', 'upload', 'more'] })]],
    ['they signed another grant', [receipt('r', { grant: idFor('other') })]],
  ])('waits as long as %s', (_what, facts) => expect(stateOf({}, ...facts)).toBe('SCHEDULED'))

  it('that answers an ask is signed by the ask, and a receipt may list the scopes in any order', () => {
    expect(stateOf({ ask: idFor('asked') })).toBe('ACTIVE')
    expect(stateOf({}, receipt('r', { accepts: ['upload', 'use'] }))).toBe('ACTIVE')
  })

  it.each<[string, KnownFact[]]>([
    ['it is another’s', [grantOf('g', { iss: ben }), text, given]],
    ['it is for a community', [grantOf('g', { aud: { community: idFor('c') } }), text, given]],
    ['it is not here', [text, given]],
    ['its text is not here', [grantOf('g'), given]],
    ['what only we keep of it is not here', [grantOf('g'), text]],
    ['it reaches further than its text', [grantOf('g', { scopes: [{ id: 'delete', locations: ['a'], max: {} }] }), text, given]],
  ])('is nothing when %s', (_what, facts) => expect(effectiveGrant(factsWith(...facts), ana, idFor('g'), nowSec)).toBeUndefined())

  it.each<[string, KnownFact, string]>([
    ['our revocation', revoke('x'), 'REVOKED'],
    ['their revocation, which nobody made them sign', revoke('x', { iss: ben }), 'ACTIVE'],
    ['a revocation of another grant', revoke('x', { grants: [idFor('other')] }), 'ACTIVE'],
    ['a removal that it did not know of', contact('x'), 'REVOKED'],
    ['a removal that it overrode', contact('overridden'), 'ACTIVE'],
    ['a word about the contact that is no removal', contact('x', { removed: false }), 'ACTIVE'],
    ['a removal of somebody else', contact('x', { household: eve }), 'ACTIVE'],
    ['their renunciation', renounce('x'), 'RENOUNCED'],
    ['a renunciation of somebody else', renounce('x', { iss: eve }), 'ACTIVE'],
    ['a denial of no ask of it', deny('x'), 'ACTIVE'],
    ['a block, which is looked at with each call', block('x'), 'ACTIVE'],
  ])('with %s', (_what, fact, state) => {
    expect(stateWith(fact)).toBe(state)
  })

  it('falls with a denial of the ask that it answers, and of no other', () => {
    expect(stateOf({ ask: idFor('asked') }, deny('x'))).toBe('REVOKED')
    expect(stateOf({ ask: idFor('asked') }, deny('x', { ask: idFor('other') }))).toBe('ACTIVE')
  })

  it('is nothing while what is kept of it was signed by another device than itself', () => {
    const facts = factsWith(
      grantOf('g', { dev: 'one' }),
      text,
      made('given', 'given', { iss: ana, dev: 'other', grant: idFor('g'), blocks: [] }),
    )
    expect(effectiveGrant(facts, ana, idFor('g'), nowSec)).toBeUndefined()
  })

  it('that was revoked and renounced is revoked, and both come before an end by time', () => {
    expect(stateWith(revoke('x'), renounce('y'))).toBe('REVOKED')
    expect(stateOf({ nbf: nowSec - 1, exp: nowSec }, renounce('y'))).toBe('RENOUNCED')
  })

  it('says which of several ends counts, the same in any order', () => {
    const names = ['one', 'two', 'three']
    const least = leastOf(...names)
    for (const order of [names, names.toReversed()]) {
      const facts = factsWith(grantOf('g'), text, given, ...order.map((name) => revoke(name)))
      expect(effectiveGrant(facts, ana, idFor('g'), nowSec)?.ending).toEqual({
        id: idFor(least),
        bytes: new TextEncoder().encode(least),
        at: nowSec - 5,
      })
    }
  })

  it('asks for erasure when any of our revocations does, and keeps the claim of its recipient alone', () => {
    const erasure = (...facts: KnownFact[]) =>
      effectiveGrant(factsWith(grantOf('g'), text, given, ...facts), ana, idFor('g'), nowSec)?.erasure
    expect(erasure(revoke('x'), revoke('y', { iss: ben, erasure: 'request' }))).toEqual({ asked: false, claim: null })
    expect(erasure(revoke('x'), revoke('y', { erasure: 'request' }))).toEqual({ asked: true, claim: null })
    expect(erasure(renounce('x'), renounce('y', { iss: eve, erased: 'claimed' }))).toEqual({ asked: false, claim: null })
    const claim = renounce('y', { erased: 'claimed' })
    expect(erasure(renounce('x'), claim)).toEqual({ asked: false, claim: claim.bytes })
  })

  describe('and its renewal', () => {
    const signed = receipt('r2', { grant: idFor('g2') })
    const renewal = (change: object = {}): KnownFact => grantOf('g2', { renews: idFor('g'), exp: nowSec + 9, ...change })
    it.each<[string, KnownFact[], string]>([
      ['that both signed takes its place', [renewal(), signed], 'SUPERSEDED'],
      ['that answers an ask takes its place', [renewal({ ask: idFor('asked') })], 'SUPERSEDED'],
      ['that was revoked since does not bring it back', [renewal(), signed, revoke('x', { grants: [idFor('g2')] })], 'SUPERSEDED'],
      ['that they did not sign leaves it', [renewal()], 'ACTIVE'],
      ['whose time has not come leaves it', [renewal({ nbf: nowSec + 1 }), signed], 'ACTIVE'],
      ['by somebody else leaves it', [renewal({ iss: eve }), signed], 'ACTIVE'],
      ['to somebody else leaves it', [renewal({ aud: { household: eve } }), receipt('r2', { grant: idFor('g2'), iss: eve })], 'ACTIVE'],
      ['to a community leaves it', [renewal({ aud: { community: idFor('c') }, ask: idFor('asked') })], 'ACTIVE'],
      ['of another grant leaves it', [renewal({ renews: idFor('other') }), signed], 'ACTIVE'],
    ])('%s', (_what, facts, state) => {
      expect(stateWith(...facts)).toBe(state)
    })

    it('to somebody else that answers an ask leaves it', () => {
      expect(stateWith(renewal({ aud: { household: eve }, ask: idFor('asked') }))).toBe('ACTIVE')
    })

    it('counts before an end by time', () => {
      expect(stateOf({ nbf: nowSec - 1, exp: nowSec }, renewal(), signed)).toBe('SUPERSEDED')
    })
  })
})

describe('a grant to us', () => {
  const theirs = (change: object = {}): KnownFact => grantOf('g', { iss: ben, aud: { household: ana }, ...change })
  const ours = receipt('r', { iss: ana })
  const stateWith = (grant: object, ...more: KnownFact[]) =>
    effectiveHeld(factsWith(theirs(grant), text, ...more), ana, idFor('g'), nowSec)?.state

  it.each<[string, KnownFact[], string]>([
    ['is offered until we sign', [], 'OFFERED'],
    ['is held once we signed', [ours], 'HELD'],
    ['is not held because somebody else signed', [receipt('r', { iss: eve })], 'OFFERED'],
    ['is declined when we give it back unsigned', [renounce('x', { iss: ana })], 'DECLINED'],
    ['is renounced when we give it back', [ours, renounce('x', { iss: ana })], 'RENOUNCED'],
    ['is not given back by somebody else', [ours, renounce('x', { iss: ben })], 'HELD'],
    ['ends with their revocation', [ours, revoke('x', { iss: ben })], 'REVOKED'],
    ['does not end with a revocation by somebody else', [ours, revoke('x', { iss: eve })], 'HELD'],
    ['that was revoked and given back is revoked', [ours, revoke('x', { iss: ben }), renounce('y', { iss: ana })], 'REVOKED'],
  ])('%s', (_what, facts, state) => expect(stateWith({}, ...facts)).toBe(state))

  it('expires in its last second, signed or not', () => {
    expect(stateWith({ exp: nowSec })).toBe('EXPIRED')
    expect(stateWith({ exp: nowSec }, ours)).toBe('EXPIRED')
  })

  it.each<[string, KnownFact[]]>([
    ['it is ours', [grantOf('g', { aud: { household: ana } }), text]],
    ['it is to somebody else', [theirs({ aud: { household: eve } }), text]],
    ['it is for a community', [theirs({ aud: { community: idFor('c') } }), text]],
    ['its text is not here', [theirs()]],
    ['it is not here', [text]],
  ])('is nothing when %s', (_what, facts) => expect(effectiveHeld(factsWith(...facts), ana, idFor('g'), nowSec)).toBeUndefined())

  it('says what ended it and what became of erasure', () => {
    const end = revoke('x', { iss: ben, erasure: 'request' })
    const claim = renounce('y', { iss: ana, erased: 'claimed' })
    expect(effectiveHeld(factsWith(theirs(), text, end, claim), ana, idFor('g'), nowSec)).toMatchObject({
      ending: { id: end.id, bytes: end.bytes, at: nowSec - 5 },
      erasure: { asked: true, claim: claim.bytes },
    })
  })

  it.each<[string, object, KnownFact[], string]>([
    ['once we signed it', {}, [receipt('r2', { grant: idFor('g2'), iss: ana })], 'SUPERSEDED'],
    ['never while we did not sign it', {}, [], 'HELD'],
    ['never before its time', { nbf: nowSec + 1 }, [receipt('r2', { grant: idFor('g2'), iss: ana })], 'HELD'],
    ['never when somebody else made it', { iss: eve }, [receipt('r2', { grant: idFor('g2'), iss: ana })], 'HELD'],
  ])('gives way to its renewal %s', (_what, change, facts, state) => {
    const renewal = grantOf('g2', { iss: ben, aud: { household: ana }, renews: idFor('g'), exp: nowSec + 9, ...change })
    expect(stateWith({}, ours, renewal, ...facts)).toBe(state)
  })

  it('gives way to no renewal before we signed it itself', () => {
    const renewal = grantOf('g2', { iss: ben, aud: { household: ana }, renews: idFor('g') })
    expect(stateWith({}, renewal, receipt('r2', { grant: idFor('g2'), iss: ana }))).toBe('OFFERED')
  })
})
