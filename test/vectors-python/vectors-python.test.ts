import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { root } from '../../scripts/workspaces.mjs'

const [vectors, household] = ['consent', 'household'].map((name) => join(root, 'protocols', name, 'vectors')) as [string, string]
const read = (consentDir: string, householdDir: string) =>
  spawnSync('/usr/bin/python3', [join(import.meta.dirname, 'read_vectors.py'), consentDir, householdDir], { encoding: 'utf8' })
const copy = mkdtempSync(join(tmpdir(), 'porchlight-vectors-'))
afterAll(() => rmSync(copy, { recursive: true }))

test('another language reads every vector as we do, with nothing but the specification', () => {
  const { status, stdout, stderr } = read(vectors, household)
  expect({ status, stderr, last: stdout.trimEnd().split('\n') }).toEqual({
    status: 0,
    stderr: '',
    last: [expect.stringMatching(/^13\d\d right, 0 wrong, \d+ need a schema$/)],
  })
})

test('a changed id, value, envelope or field does not get past that reader', () => {
  for (const dir of [vectors, household]) cpSync(dir, copy, { recursive: true })
  const change = (name: string, from: RegExp, to: string): void => {
    const text = readFileSync(join(copy, name), 'utf8')
    expect(text).toMatch(from)
    writeFileSync(join(copy, name), text.replace(from, to))
  }
  change('canonical.json', /"value":\{"int":"23"\}/, '"value":{"int":"22"}')
  change('objects.json', /"id":"b./, '"id":"bx')
  change('cross-type.json', /"because":"type"/, '"because":"envelope"')
  change('siblings.json', /"ageSec": 90/, '"ageSec": 91')
  const { status, stdout } = read(copy, copy)
  expect(
    stdout
      .trimEnd()
      .split('\n')
      .slice(0, -1)
      .map((line) => line.split(',')[0]),
  ).toEqual(expect.arrayContaining(['canonical.json', 'objects.json', 'cross-type.json', 'siblings.json']))
  expect(status).toBe(1)
})

const rendezvous = join(root, 'protocols/rendezvous/vectors')
const readRendezvous = (dir: string) =>
  spawnSync('/usr/bin/python3', ['-B', join(import.meta.dirname, 'read_rendezvous.py'), dir], { encoding: 'utf8' })

test('another language derives the keys of a day, and opens or refuses every record, as we do', () => {
  const { status, stdout, stderr } = readRendezvous(rendezvous)
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '23 right, 0 wrong\n', stderr: '' })
})

test('a changed key or record does not get past that reader', () => {
  const changed = mkdtempSync(join(tmpdir(), 'porchlight-rendezvous-'))
  try {
    cpSync(rendezvous, changed, { recursive: true })
    for (const name of ['keys.json', 'records.json']) {
      const text = readFileSync(join(rendezvous, name), 'utf8')
      writeFileSync(join(changed, name), text.replace(/"(sealing)": "./, '"$1": "z').replace(/"bytes": "0a20../, '"bytes": "0a2000'))
    }
    expect(readRendezvous(changed).status).toBe(1)
  } finally {
    rmSync(changed, { recursive: true })
  }
})
