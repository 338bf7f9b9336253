import { expect, it } from 'vitest'
import type { ManifestBody } from '@porchlight/core'
import { idOfBody } from '@porchlight/wire'
import { manifestType } from '../objects/index.ts'
import { sampleManifest } from '../testing/index.ts'
import { checkProtocol, protocolFiles } from './protocol-folder.ts'

const sections = [
  'Status',
  'Goals, in order',
  'Non-goals',
  'Terms',
  'Messages',
  'Flow',
  'Consent text',
  'Limits',
  'Errors',
  'Security considerations',
  'Privacy',
  'Vectors',
]
const protocol = {
  id: '/porchlight/share/1',
  door: 'grant',
  methods: { http: { kind: 'stream', scope: 'use' } },
  reasons: [],
  ticked: ['use'],
}
const idOf = (manifest: ManifestBody): string => idOfBody(manifestType, manifest)

/** The folder of a sound protocol, with some of its files changed; null takes one away. */
function folder(change: Record<string, unknown> = {}): Map<string, string> {
  const files: Record<string, unknown> = {
    'SPEC.md': sections.map((name) => `## ${name}\n`).join('\n'),
    'README.md': '# share',
    'share.proto': 'syntax = "proto3";',
    'vectors/a.json': '[]',
    'protocol.json': protocol,
    'manifest.json': sampleManifest,
    'released.json': [{ rev: 1, id: idOf(sampleManifest) }],
    ...change,
  }
  return new Map(
    Object.entries(files)
      .filter(([, value]) => value !== null)
      .map(([path, value]) => [path, typeof value === 'string' ? value : JSON.stringify(value)]),
  )
}
const faultsOf = (change: Record<string, unknown>): string[] =>
  checkProtocol(folder(change)).faults.map(({ file, field, says }) => `${file} ${field} ${says}`)

const { en: _en, ...germanOnly } = sampleManifest.say.risk
const [use, upload] = sampleManifest.scopes as [ManifestBody['scopes'][0], ManifestBody['scopes'][0]]
const changed = (change: object): object => ({ 'manifest.json': { ...sampleManifest, ...change }, 'released.json': null })
const defined = (change: object): object => ({ 'protocol.json': { ...protocol, ...change } })
const without = (key: string): object => Object.fromEntries(Object.entries(sampleManifest.say).filter(([name]) => name !== key))
const english = (text: Readonly<Record<string, string>>): object => ({ en: text['en'] })

it('a folder with everything in it has no fault, and says what backs each claim', () => {
  const { faults, manifest } = checkProtocol(folder())
  expect(faults).toEqual([])
  expect(manifest?.id).toBe(idOf(sampleManifest))
  expect(Object.keys(manifest!.enforced)).toEqual(['what', 'who', 'withdraw'])
  expect(Object.values(manifest!.enforced)).not.toContain('nothing')
})

it.each<[string, object, RegExp]>([
  ['without one of the nine lines', changed({ say: without('withdraw') }), /^manifest\.json say\.withdraw /],
  [
    'with a line missing in one language',
    changed({ say: { ...sampleManifest.say, risk: germanOnly } }),
    /^manifest\.json say\.risk\.en .*"risk" says nothing in en/,
  ],
  ['with a title missing in one language', changed({ title: { de: 'x' } }), /^manifest\.json title\.en .*title says nothing/],
  [
    'with a scope that says nothing in one language',
    changed({ scopes: [{ ...use, say: { de: 'x' } }] }),
    /^manifest\.json scopes\[0\]\.say\.en .*"use" says nothing/,
  ],
  [
    'with data that say nothing in one language',
    changed({ data: [{ id: 'd', category: 'dpv:Data', say: { en: 'x' }, sensitivity: 1, aboutOthers: false, optional: false }] }),
    /^manifest\.json data\[0\]\.say\.de .*"d" says nothing/,
  ],
  [
    'with a claim that no code backs',
    changed({ claims: [{ key: 'keep', assurance: 'enforced' }] }),
    /^manifest\.json claims\[0\] .*no gate rule backs it/,
  ],
  [
    'with a claim of a limit that one scope does not carry',
    changed({ claims: [{ key: 'bytesPerDay', assurance: 'enforced' }], scopes: [{ ...use, max: { bytesPerDay: 5 } }, upload] }),
    /^manifest\.json claims\[0\] .*"bytesPerDay" is not in the "max" of every scope/,
  ],
  [
    'with a required scope that no method needs',
    changed({ scopes: [use, { ...upload, required: true }] }),
    /^manifest\.json scopes\[1\]\.required .*"upload" is required, but no method needs it/,
  ],
  ['with nothing required', changed({ scopes: [{ ...use, required: false }] }), /^manifest\.json scopes No scope is required/],
  [
    'with an optional scope that a screen would tick',
    defined({ ticked: ['use', 'upload'] }),
    /^protocol\.json ticked\[1\] .*"upload" is optional and on by default/,
  ],
  [
    'with an optional scope that says itself that it is on',
    changed({ scopes: [use, { ...upload, ticked: true }] }),
    /^manifest\.json scopes\[1\] .*ticked/,
  ],
  ['with a ticked scope that is none', defined({ ticked: ['all'] }), /^protocol\.json ticked\[0\] .*"all" is not defined/],
  [
    'with a method that needs a scope nobody can give',
    defined({ methods: { http: { kind: 'stream', scope: 'admin' } } }),
    /^protocol\.json methods\.http\.scope .*"admin"/,
  ],
  [
    'with a method that needs no scope',
    defined({ methods: { http: { kind: 'stream', scope: null } } }),
    /^protocol\.json methods\.http\.scope .*names no scope/,
  ],
  ['of another protocol than its text', defined({ id: '/porchlight/other/1' }), /^protocol\.json id /],
  ['with a field of the definition that is not known', defined({ extra: 1 }), /^protocol\.json .*extra/],
  [
    'of Porchlight in one language',
    changed({
      langs: ['en'],
      title: english(sampleManifest.title),
      say: Object.fromEntries(Object.entries(sampleManifest.say).map(([key, text]) => [key, english(text)])),
      scopes: [{ ...use, say: english(use.say) }],
    }),
    /^manifest\.json langs .*one more language/,
  ],
  ['with a text that is not NFC', changed({ title: { en: 'Zoe\u0308', de: 'x' } }), /^manifest\.json title\.en .*NFC/],
  ['with a control character', changed({ title: { en: 'a\u202eb', de: 'x' } }), /^manifest\.json title\.en .*control/],
  [
    'with a placeholder that nothing fills',
    changed({ title: { en: '{name}', de: 'x' } }),
    /^manifest\.json title\.en .*placeholder \{name\}/,
  ],
  ['without SPEC.md', { 'SPEC.md': null }, /^SPEC\.md {2}The file is missing/],
  ['without README.md', { 'README.md': null }, /^README\.md {2}The file is missing/],
  ['without a schema', { 'share.proto': null }, /^\*\.proto /],
  ['without vectors', { 'vectors/a.json': null }, /^vectors\/ /],
  ['with vectors that are no JSON', { 'vectors/a.json': '{' }, /^vectors\/a\.json {2}The file is no JSON/],
  ['without the consent text', { 'manifest.json': null }, /^manifest\.json {2}The file is missing/],
  ['without the definition', { 'protocol.json': null }, /^protocol\.json {2}The file is missing/],
  ['with a SPEC.md that is not NFC', { 'SPEC.md': `${sections.map((name) => `## ${name}\n`).join('')}Zoe\u0308` }, /^SPEC\.md {2}.*NFC/],
  ['with released texts that do not count up', { 'released.json': [{ rev: 2, id: idOf(sampleManifest) }] }, /^released\.json .*count up/],
])('a folder %s is told so, with file and field', (_what, change, fault) => {
  expect(faultsOf(change as Record<string, unknown>).filter((line) => fault.test(line))).toHaveLength(1)
})

it.each(sections)('a SPEC.md without the section "%s" is told so', (missing) => {
  const spec = sections
    .filter((name) => name !== missing)
    .map((name) => `## ${name}\n`)
    .join('\n')
  expect(faultsOf({ 'SPEC.md': spec })).toHaveLength(1)
})

it('a limit that every scope carries backs a claim of its name', () => {
  const max = { bytesPerDay: 5 }
  const manifest = {
    ...sampleManifest,
    claims: [{ key: 'bytesPerDay', assurance: 'enforced' }],
    scopes: [
      { ...use, max },
      { ...upload, max },
    ],
  }
  expect(faultsOf({ 'manifest.json': manifest, 'released.json': null })).toEqual([])
})

it('a changed text has to be the next rev and to name the last; the first has neither', () => {
  const title = { en: 'another title', de: 'ein anderer Titel' }
  const next = { ...sampleManifest, title, rev: 2, prev: idOf(sampleManifest) }
  expect(faultsOf({ 'manifest.json': next })).toEqual([])
  expect(faultsOf({ 'manifest.json': { ...next, rev: 1 } })[0]).toMatch(/^manifest\.json rev This is rev 1, .*has to be 2/)
  expect(faultsOf({ 'manifest.json': { ...next, prev: null } })[0]).toMatch(/^manifest\.json prev This follows nothing/)
  expect(faultsOf({ 'manifest.json': { ...next, rev: 3 } })).toHaveLength(1)
  expect(faultsOf({ 'manifest.json': next, 'released.json': null })).toHaveLength(2)
})

it('behind a door without grants there is nothing to grant, and fewer lines that code enforces', () => {
  const door = { ...protocol, door: 'contact', methods: { ask: { kind: 'procedure', scope: null } }, ticked: [] }
  const text = { ...sampleManifest, scopes: [] }
  const change = { 'protocol.json': door, 'manifest.json': text, 'released.json': null }
  expect(faultsOf(change)).toEqual([])
  expect(faultsOf({ ...change, 'manifest.json': sampleManifest })).toContainEqual(
    expect.stringMatching(/^manifest\.json scopes .*nothing to grant/),
  )
  expect(faultsOf({ ...change, 'protocol.json': { ...door, door: 'anyone' } })).toHaveLength(2)
  expect(faultsOf({ ...change, 'protocol.json': { ...door, methods: { ask: { kind: 'query', scope: 'use' } } } })).toHaveLength(1)
})

it('looks at the files that it names, and at nothing else of the folder', () => {
  const files = ['SPEC.md', 'README.md', 'protocol.json', 'manifest.json', 'released.json']
  const seen = [...files, 'a.proto', 'share-v1.proto', 'vectors/a.json', 'vectors/calls-1.json']
  const others = [
    'src/index.ts',
    'vectors/deep/a.json',
    'package.json',
    'vectors/a.txt',
    'src/a.proto',
    '.proto',
    'vectors/.json',
    'aproto',
  ]
  expect([...seen, ...others].filter(protocolFiles)).toEqual(seen)
  for (const name of seen)
    expect([`old/${name}`, `${name}.bak`, `x${name}`].filter((path) => files.includes(name) && protocolFiles(path))).toEqual([])
})
