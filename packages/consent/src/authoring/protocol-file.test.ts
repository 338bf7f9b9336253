import type { ManifestBody } from '@porchlight/core'
import { describe, expect, it } from 'vitest'
import { sampleManifest } from '../testing/sample-manifest.ts'
import { backing, definitionFaults, protocolFile, unneededScopes, type ProtocolFile } from './protocol-file.ts'

const protocol: ProtocolFile = {
  id: '/porchlight/share/1',
  door: 'grant',
  methods: { http: { kind: 'stream', scope: 'use' } },
  reasons: [],
  ticked: ['use'],
}
const [use, upload] = sampleManifest.scopes as [ManifestBody['scopes'][0], ManifestBody['scopes'][0]]
const faults = (change: object = {}, manifest: object = {}) =>
  definitionFaults({ ...protocol, ...change }, { ...sampleManifest, ...manifest })
const http = (change: object) => ({ methods: { http: { kind: 'stream', scope: 'use', ...change } } })
const reads = (change: object) => protocolFile.safeParse({ ...protocol, ...change }).success

describe('the definition of a protocol', () => {
  it('is read with each door and each kind of method', () => {
    for (const door of ['grant', 'contact', 'anyone']) expect(reads({ door })).toBe(true)
    for (const kind of ['query', 'procedure', 'subscription', 'stream']) expect(reads(http({ kind }))).toBe(true)
    for (const change of [{ ticked: undefined }, { reasons: ['too-many'] }, { methods: {} }, http({ scope: null })])
      expect(reads(change), JSON.stringify(change)).toBe(true)
    expect(reads({ methods: { a1B: { kind: 'query', scope: null } } })).toBe(true)
  })

  it('is not read with anything else', () => {
    for (const change of [
      { id: 'share' },
      { id: '/porchlight/share' },
      { door: 'window' },
      { more: 1 },
      { reasons: ['Two words'] },
      { ticked: ['Two words'] },
      { reasons: Array.from({ length: 1000 }, (_, at) => `r${at}`) },
      { ticked: Array.from({ length: 1000 }, (_, at) => `t${at}`) },
      http({ kind: 'call' }),
      http({ scope: 'Two words' }),
      http({ more: 1 }),
      { methods: { Http: { kind: 'query', scope: null } } },
      { methods: { 'h ttp': { kind: 'query', scope: null } } },
      { methods: { '1http': { kind: 'query', scope: null } } },
    ])
      expect(reads(change), JSON.stringify(change).slice(0, 80)).toBe(false)
  })
})

describe('what of the definition does not fit the text', () => {
  it('is nothing when every method needs a scope of it and only required ones are ticked', () => {
    expect(faults()).toEqual([])
    expect(faults({ ticked: undefined })).toEqual([])
  })

  it('is said with its place and a sentence', () => {
    expect(faults({ id: '/porchlight/other/1' })).toEqual([
      { field: 'id', says: 'The consent text is of /porchlight/share/1, the protocol is /porchlight/other/1.' },
    ])
    expect(faults(http({ scope: null }))).toEqual([
      { field: 'methods.http.scope', says: 'The method http names no scope, so nobody could say yes to it.' },
    ])
    expect(faults(http({ scope: 'admin' }))).toEqual([
      { field: 'methods.http.scope', says: 'The method http needs the scope "admin", which the consent text does not define.' },
    ])
    expect(faults({ ticked: ['admin', 'use', 'upload'] })).toEqual([
      { field: 'ticked[0]', says: 'The scope "admin" is not defined in the consent text.' },
      { field: 'ticked[2]', says: 'The scope "upload" is optional and on by default: what is optional starts unticked.' },
    ])
  })

  it('is, behind a door without grants, each method that names a scope', () => {
    expect(faults({ door: 'contact', ...http({ scope: null }) })).toEqual([])
    expect(faults({ door: 'anyone' })).toEqual([{ field: 'methods.http.scope', says: 'Behind the door "anyone" no method needs a scope.' }])
  })
})

describe('a required scope that no method needs', () => {
  it('is said with its place', () => {
    const manifest = { ...sampleManifest, scopes: [use, { ...upload, required: true }] }
    expect(unneededScopes(protocol, manifest)).toEqual([
      {
        field: 'scopes[1].required',
        says: 'The scope "upload" is required, but no method needs it: whoever says yes would give more than is used.',
      },
    ])
    expect(unneededScopes({ ...protocol, methods: { ...protocol.methods, put: { kind: 'query', scope: 'upload' } } }, manifest)).toEqual([])
  })

  it('is none when it is optional, or behind a door without grants', () => {
    expect(unneededScopes({ ...protocol, methods: {} }, { ...sampleManifest, scopes: [upload] })).toEqual([])
    expect(unneededScopes({ ...protocol, door: 'contact', methods: {} }, sampleManifest)).toEqual([])
  })
})

it('what backs a claim is said of those that are called enforced, and "nothing" where nothing does', () => {
  const claims = [
    { key: 'what', assurance: 'enforced' },
    { key: 'keep', assurance: 'enforced' },
    { key: 'onward', assurance: 'promised' },
  ] as ManifestBody['claims']
  const backed = backing({ ...sampleManifest, claims }, 'grant')
  expect(Object.keys(backed)).toEqual(['what', 'keep'])
  expect(backed['what']).toMatch(/^the gate admits a method only under a scope/)
  expect(backed['keep']).toBe('nothing')
  expect(backing({ ...sampleManifest, claims }, 'contact')['what']).toMatch(/^this door leads/)
})
