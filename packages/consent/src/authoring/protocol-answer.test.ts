import { describe, expect, it } from 'vitest'
import { idOfBody } from '@porchlight/wire'
import { manifestType } from '../objects/index.ts'
import { sampleManifest } from '../testing/index.ts'
import { checkProtocol } from './protocol-folder.ts'

const sections = [
  'Status',
  'Goals',
  'Non-goals',
  'Terms',
  'Messages',
  'Flow',
  'Consent text',
  'Limits',
  'Errors',
  'Security',
  'Privacy',
  'Vectors',
]
const protocol = { id: '/porchlight/share/1', door: 'grant', methods: { http: { kind: 'stream', scope: 'use' } }, reasons: [] }
const id = idOfBody(manifestType, sampleManifest)
const sound = {
  'SPEC.md': sections.map((name) => `## ${name}\n`).join('\n'),
  'README.md': '# share\tand more\r\n',
  'share.proto': 'syntax = "proto3";',
  'vectors/a.json': '[]',
  'protocol.json': JSON.stringify(protocol),
  'manifest.json': JSON.stringify(sampleManifest),
}
const checked = (change: Record<string, string | null> = {}) =>
  checkProtocol(new Map(Object.entries({ ...sound, ...change }).filter((entry): entry is [string, string] => entry[1] !== null)))

describe('the answer about a folder', () => {
  it('holds what was read: the definition, the text with its id, and what was released', () => {
    const released = [{ rev: 1, id }]
    const answer = checked({ 'released.json': JSON.stringify(released) })
    expect(answer).toMatchObject({ faults: [], protocol, manifest: { body: sampleManifest, id }, released })
    expect(checked()).toMatchObject({ faults: [], released: [] })
  })

  it('of an empty one says everything that is missing, each once', () => {
    const { faults, protocol: read, manifest, released } = checkProtocol(new Map())
    const missing = 'The file is missing.'
    expect(faults).toEqual([
      { file: 'SPEC.md', field: '', says: missing },
      { file: 'README.md', field: '', says: missing },
      { file: '*.proto', field: '', says: 'There is no schema of the messages.' },
      { file: 'vectors/', field: '', says: 'There is no vector for another implementation to check itself with.' },
      { file: 'protocol.json', field: '', says: missing },
      { file: 'manifest.json', field: '', says: missing },
    ])
    expect([read, manifest, released]).toEqual([undefined, undefined, []])
  })

  it('takes a page of nothing but space for none', () => {
    for (const file of ['SPEC.md', 'README.md'])
      expect(checked({ [file]: ' \n' }).faults).toContainEqual({ file, field: '', says: 'The file is missing.' })
  })

  it.each(sections)('misses the section %s of the SPEC.md, also where its name only stands in the text', (section) => {
    const rest = sections.filter((name) => name !== section).map((name) => `## ${name}\n`)
    const fault = { file: 'SPEC.md', field: `## ${section}`, says: `The section "${section}" is missing.` }
    for (const instead of ['', `${section}\n`, `### ${section}\n`, `see ## ${section}\n`, `## ${section}ness\n`])
      expect(checked({ 'SPEC.md': [...rest, instead].join('\n') }).faults).toEqual([fault])
    expect(checked({ 'SPEC.md': [...rest, `## ${section}, and more\n`].join('\n') }).faults).toEqual([])
  })

  it('still holds the text where the definition cannot be read, and the definition where the text cannot', () => {
    const noDefinition = checked({ 'protocol.json': '{' })
    expect(noDefinition).toMatchObject({ protocol: undefined, manifest: { id } })
    expect(noDefinition.faults).toEqual([
      { file: 'protocol.json', field: '', says: expect.stringMatching(/^The file is no JSON: .+\.$/) as string },
    ])
    const noText = checked({ 'manifest.json': JSON.stringify({ ...sampleManifest, rev: 'one' }) })
    expect(noText).toMatchObject({ protocol, manifest: undefined })
    expect(noText.faults.map(({ file }) => file)).toContain('manifest.json')
    const unsignable = checked({ 'manifest.json': JSON.stringify({ ...sampleManifest, title: { en: 'Zoe\u0308', de: 'x' } }) })
    expect(unsignable.manifest).toBeUndefined()
  })

  it('says where in a file a field is wrong', () => {
    const { faults } = checked({ 'protocol.json': JSON.stringify({ ...protocol, methods: { http: { kind: 'call', scope: 'use' } } }) })
    expect(faults).toMatchObject([{ file: 'protocol.json', field: 'methods.http.kind' }])
    expect(faults[0]!.says).toMatch(/^Invalid .*\.$/)
    expect(checked({ 'released.json': '[{"rev":1}]' })).toMatchObject({ released: [], faults: [{ file: 'released.json', field: '0.id' }] })
  })

  it('refuses what a reader could not see, in any file, and nothing that lines are made of', () => {
    const says = 'The text is not NFC, or carries control, bidirectional or invisible characters.'
    for (const odd of ['Zoe\u0308', 'a\u202eb', 'a\u200bb', 'a\u0007b'])
      expect(checked({ 'share.proto': odd }).faults, JSON.stringify(odd)).toEqual([{ file: 'share.proto', field: '', says }])
  })
})

describe('the languages of a protocol', () => {
  const both = Object.keys(sampleManifest.say)
  const only = (lang: 'en' | 'de') => ({
    ...sampleManifest,
    langs: [lang],
    title: { [lang]: sampleManifest.title[lang] },
    say: Object.fromEntries(both.map((key) => [key, { [lang]: sampleManifest.say[key as keyof typeof sampleManifest.say][lang] }])),
    scopes: sampleManifest.scopes.map((scope) => ({ ...scope, say: { [lang]: scope.say[lang] } })),
  })
  const faultsIn = (manifest: object, proto = '/porchlight/share/1') =>
    checked({
      'manifest.json': JSON.stringify({ ...manifest, proto }),
      'protocol.json': JSON.stringify({ ...protocol, id: proto }),
    }).faults

  it('are English and one more for one of Porchlight, and any for another', () => {
    const fault = { file: 'manifest.json', field: 'langs', says: 'A protocol of Porchlight speaks English and at least one more language.' }
    for (const lang of ['en', 'de'] as const) {
      expect(faultsIn(only(lang))).toEqual([fault])
      expect(faultsIn(only(lang), '/example/share/1')).toEqual([])
    }
  })
})
