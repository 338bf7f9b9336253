import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openCheckpoint, sealCheckpoint, signNote } from '@porchlight/consent'
import { openKeyFiles } from '@porchlight/store'
import { verifyExport } from '@porchlight/verify'
import { deviceIdOf, keyFromBytes, type SigningKey } from '@porchlight/wire'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { root } from '../../scripts/workspaces.mjs'
import { Home, pair, shareAndAccept } from '../harness/home.ts'

let dir: string
let good: string
let key: SigningKey
let later: string

/** Debian's own Python, with nothing installed for it. */
const check = (...args: string[]) => {
  const { status, stdout, stderr } = spawnSync(
    '/usr/bin/python3',
    ['-E', '-s', '-B', join(root, 'examples/python/verify/export.py'), ...args],
    {
      encoding: 'utf8',
    },
  )
  return { status, said: stdout + stderr }
}

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'porchlight-export-python-'))
  await using ben = await Home.start('ben')
  await using ana = await Home.start('ana')
  await pair(ben, ana)
  await shareAndAccept(ben, ana, 'http://127.0.0.1:9', 'photos', '--limit', '60MB')
  const { grant } = await shareAndAccept(ben, ana, 'http://127.0.0.1:9', 'music')
  await ben.cli('revoke', grant)
  good = join(dir, 'good')
  await ben.cli('export', good)
  await shareAndAccept(ben, ana, 'http://127.0.0.1:9', 'films')
  later = join(dir, 'later.note')
  await writeFile(later, (await ben.try('log', 'checkpoint')).stdout)
  const keys = await openKeyFiles({ dir: join(ben.dir, 'keys') })
  key = keyFromBytes((await keys.read('device-key'))!)
}, 120_000)
afterAll(() => rm(dir, { recursive: true, force: true }))

/** A copy in which one file is changed and the list of files signed again, as a thief of the device's key could. */
async function changed(path: string, change: (text: string) => string | Promise<string>): Promise<string> {
  const copy = await mkdtemp(join(dir, 'changed-'))
  await cp(good, copy, { recursive: true })
  const text = await readFile(join(copy, path), 'utf8')
  const now = await change(text)
  expect(now, 'the change changes something').not.toBe(text)
  await writeFile(join(copy, path), now)
  const list = (await readFile(join(copy, 'files.note'), 'utf8')).split('\n\n')[0]!.split('\n')
  const hash = createHash('sha256').update(now).digest('hex')
  const signed = list.map((line) => (line.endsWith(` ${path}`) ? `${hash} ${path}` : line))
  await writeFile(join(copy, 'files.note'), await signNote(signed, key))
  return copy
}

const lines = (text: string): string[] => text.split('\n').slice(0, -1)
const joined = (all: readonly string[]): string => all.map((line) => `${line}\n`).join('')

describe('an export of a real daemon, read in another language', () => {
  it('is as it was signed: files, household, contacts, objects, consent records, log and checkpoints', async () => {
    const { status, said } = check(good)
    expect(said).toContain('All of it is as it was signed.')
    expect(said).toMatch(/\d+ signed objects, 2 with the text that was shown/)
    expect(said).toContain('2 consent records say what these objects say')
    expect(said.match(/^checked: /gm)).toHaveLength(7)
    expect(status).toBe(0)
    expect((await verifyExport(good)).faults, 'our own verifier says the same').toEqual([])
  })

  it.each<[string, string, (text: string) => string | Promise<string>, string]>([
    ['the last entry cut off', 'audit.ndjson', (text) => joined(lines(text).slice(0, -1)), 'log'],
    ['an entry left out', 'audit.ndjson', (text) => joined(lines(text).toSpliced(1, 1)), 'log'],
    ['two entries swapped', 'audit.ndjson', (text) => joined([lines(text)[1]!, lines(text)[0]!, ...lines(text).slice(2)]), 'log'],
    ['what an entry says changed', 'audit.ndjson', (text) => text.replace(/"body":"(..)/, '"body":"ff'), 'log'],
    ['half of an entry erased', 'audit.ndjson', (text) => text.replace(/"salt":"[0-9a-f]+"/, '"salt":null'), 'log'],
    ['no checkpoint', 'checkpoints/own.notes', () => '', 'log'],
    ['a checkpoint changed', 'checkpoints/own.notes', (text) => text.replace('\n', '0\n'), 'log'],
    [
      'a checkpoint of another log, signed with the stolen key',
      'checkpoints/own.notes',
      async (text) => text + (await sealCheckpoint({ device: deviceIdOf(key), size: 1, root: new Uint8Array(32) }, key)),
      'log',
    ],
    ['another shown text', 'objects.ndjson', (text) => text.replace(/"shown":\{"text":"./, '"shown":{"text":"X'), 'objects'],
    [
      'a revocation left out',
      'objects.ndjson',
      (text) => joined(lines(text).filter((line) => !line.includes('"type":"revoke"'))),
      'objects',
    ],
    ['an object under another id', 'objects.ndjson', (text) => text.replace(/"id":"b[a-z2-7]{4}/, '"id":"baaaa'), 'objects'],
    ['an object as another type', 'objects.ndjson', (text) => text.replace('"type":"revoke"', '"type":"renounce"'), 'objects'],
    [
      'a signature changed',
      'objects.ndjson',
      (text) => text.replace(/([0-9a-f])("(,"shown"|\}))/, (_, digit: string, rest: string) => (digit === '0' ? '1' : '0') + rest),
      'objects',
    ],
    ['a record that says more than the grant', 'consent-records.json', (text) => text.replace('"photos"', '"mail"'), 'objects'],
    ['another household', 'household.json', (text) => text.replace(/"household": "b[a-z2-7]{4}/, '"household": "baaaa'), 'household'],
    ['no documents', 'household.json', (text) => JSON.stringify({ ...JSON.parse(text), documents: [] }), 'household'],
    [
      'a contact without its documents',
      'contacts.json',
      (text) => JSON.stringify(JSON.parse(text).map((c: object) => ({ ...c, documents: [] }))),
      'contacts',
    ],
    ['no json', 'contacts.json', () => 'null', 'contacts'],
    ['text that nests without an end', 'contacts.json', () => '['.repeat(100_000), 'contacts'],
  ])('with %s fails, although the list of files was signed again', async (_what, path, change, kind) => {
    const { status, said } = check(await changed(path, change))
    expect(said).toContain(`FAULT in ${kind}: `)
    expect(said).not.toContain('FAULT in files')
    expect(status).toBe(1)
  })

  it('with one byte changed in any file fails', async () => {
    const copy = join(dir, 'flipped')
    await cp(good, copy, { recursive: true })
    const paths = lines(await readFile(join(good, 'files.note'), 'utf8').then((note) => `${note.split('\n\n')[0]}\n`))
      .slice(3)
      .map((line) => line.slice(65))
    for (const path of [...paths, 'files.note']) {
      const whole = await readFile(join(good, path))
      if (whole.byteLength === 0) continue
      const at = (whole.byteLength * 5) >> 3
      const flipped = Buffer.from(whole)
      flipped[at]! ^= 1
      await writeFile(join(copy, path), flipped)
      expect(check(copy).status, `${path} ${at}`).toBe(1)
      await writeFile(join(copy, path), whole)
    }
    expect(check(copy).status).toBe(0)
  })

  it('with a file more or a file less fails, and nothing to check is no success', async () => {
    const copy = join(dir, 'more')
    await cp(good, copy, { recursive: true })
    await writeFile(join(copy, 'more.txt'), 'more')
    expect(check(copy)).toMatchObject({ status: 1, said: expect.stringContaining('more.txt is not in the signed list of files') })
    await rm(join(copy, 'more.txt'))
    await rm(join(copy, 'services.json'))
    expect(check(copy)).toMatchObject({ status: 1, said: expect.stringContaining('services.json is missing') })
    expect(check(join(dir, 'nowhere')).status).toBe(2)
    expect(check().status).toBe(2)
  })

  it('that was cut off consistently fails once a later checkpoint of it is known', async () => {
    const note = await readFile(later, 'utf8')
    expect(openCheckpoint(note), note).toBeDefined()
    expect(check(good, '--checkpoint', later)).toMatchObject({ status: 1, said: expect.stringContaining('the end is cut off') })
  })
})
