import { readFileSync } from 'node:fs'
import { sayKeys } from '@porchlight/core'
import { describe, expect, test } from 'vitest'
import {
  answerToGuest,
  headerText,
  parseShareHost,
  requestFromGuest,
  requestToApp,
  scopeOfRequest,
  share,
  shareAddress,
  shareManifest,
  trailers,
} from './index.ts'

const vectors = <T>(name: string): T => JSON.parse(readFileSync(new URL(`../vectors/${name}.json`, import.meta.url), 'utf8')) as T

interface HeaderVectors {
  guest: { contact: string; household: string }
  requests: { why: string; in: string[]; kept: string[] }[]
  added: string[]
  answers: { in: string[]; upgraded: boolean; out: string[] }[]
  trailers: { in: string[]; out: string[] }
  texts: { text: string; value: string }[]
}

const host = 'photos.ana.localhost:7080'

test('the definition is the one of the vectors', () => {
  const methods = Object.entries(share.methods).map(([name, { kind, scope, input, output }]) => ({
    name,
    kind,
    scope,
    openingHex: Buffer.from(input.encode({})).toString('hex'),
    closingHex: Buffer.from(output.encode({})).toString('hex'),
  }))
  expect({ id: share.id, door: share.door, methods, scopes: shareManifest.scopes.map(({ id }) => id) }).toEqual(vectors('definition'))
})

test.each(vectors<{ method: string; headers: string[]; scope: string }[]>('scopes'))(
  '$method with $headers needs $scope',
  ({ method, headers, scope }) => {
    expect(scopeOfRequest(method, headers)).toBe(scope)
  },
)

test.each(vectors<{ authority: string; service?: string; label?: string }[]>('hosts'))(
  '$authority is read as $service of $label',
  ({ authority, service, label }) => {
    expect(parseShareHost(authority)).toEqual(service === undefined ? undefined : { service, label })
  },
)

test('an address reads back as what it was made of', () => {
  const of = { service: 'photos', label: 'ana' }
  expect(shareAddress(of, 7080)).toBe(`http://${host}`)
  expect(parseShareHost(new URL(shareAddress(of, 7080)).host)).toEqual(of)
})

describe('headers', () => {
  const { guest, requests, added, answers, trailers: trailer, texts } = vectors<HeaderVectors>('headers')

  test.each(requests)('of a request: $why', ({ in: raw, kept }) => {
    expect(requestFromGuest(raw, host)).toEqual(['Host', host, ...kept])
    expect(requestToApp(raw, guest)).toEqual(['Host', host, ...kept, ...added])
  })

  test('what the guest’s side lets through, the owner’s side handles as if it came from nowhere', () => {
    for (const { in: raw } of requests) expect(requestToApp(requestFromGuest(raw, host), guest)).toEqual(requestToApp(raw, guest))
  })

  test.each(answers)('of an answer: $in', ({ in: raw, upgraded, out }) => {
    expect(answerToGuest(raw, upgraded)).toEqual(out)
  })

  test('that may not stand in the head may not stand in the trailers either', () => {
    expect(trailers(trailer.in)).toEqual(trailer.out)
  })

  test.each(texts)('carry the text $text as $value', ({ text, value }) => {
    expect(headerText(text)).toBe(value)
    expect(decodeURIComponent(value)).toBe(text)
  })
})

describe('the consent text', () => {
  test('says all nine things, and the rest, in every language and no other', () => {
    const texts = [
      shareManifest.title,
      ...sayKeys.map((key) => shareManifest.say[key]),
      ...shareManifest.data.map(({ say }) => say),
      ...shareManifest.scopes.map(({ say }) => say),
    ]
    for (const text of texts) expect(Object.keys(text).sort()).toEqual([...shareManifest.langs].sort())
  })

  test('claims to be enforced only where a rule of the gate stands behind the line (protocols/consent/SPEC.md#manifest)', () => {
    const enforced = shareManifest.claims.filter(({ assurance }) => assurance === 'enforced').map(({ key }) => key)
    expect(enforced.filter((key) => !['what', 'who', 'not', 'until', 'withdraw', 'ifRefused'].includes(key))).toEqual([])
  })

  test('has only placeholders that the owner’s node fills', () => {
    expect(new Set(JSON.stringify(shareManifest).match(/\{[a-z]+\}/g))).toEqual(new Set(['{contact}', '{service}']))
  })

  test('does not leave reading out and does not tick changing by itself', () => {
    expect(shareManifest.scopes.map(({ id, required }) => [id, required])).toEqual([
      ['read', true],
      ['change', false],
    ])
  })
})
