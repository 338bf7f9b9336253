import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { sealCheckpoint, signNote } from '@porchlight/consent'
import { sampleManifest } from '@porchlight/consent/testing'
import { createNode, type HouseholdNode } from '@porchlight/node'
import { openKeyFiles } from '@porchlight/store'
import { deviceIdOf, keyFromBytes, type SigningKey } from '@porchlight/wire'
import { verifyExport } from '@porchlight/verify'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { bundleVerifier } from './bundle-verifier.ts'

const day = 86_400_000
let dir: string
let program: string
let good: string
let key: SigningKey
let laterCheckpoint: string

/** Writes an export as the CLI does: pieces of one path one after another. */
async function writeExport(node: HouseholdNode, to: string): Promise<void> {
  const texts = new Map<string, string>()
  for await (const { path, text } of node.record.export([{ path: 'services.json', text: '{"services":[]}\n' }]))
    texts.set(path, (texts.get(path) ?? '') + text)
  for (const [path, text] of texts) {
    await mkdir(dirname(join(to, path)), { recursive: true })
    await writeFile(join(to, path), text)
  }
}

/** Runs the bundled program as anybody would, in a directory without node_modules. */
const run = (...args: string[]): { status: number | null; stdout: string } => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], { cwd: tmpdir(), encoding: 'utf8', env: {} })
  return { status, stdout: stdout + stderr }
}

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'porchlight-export-'))
  program = await bundleVerifier(join(dir, 'program'))
  const open = (name: string): Promise<HouseholdNode> =>
    createNode({ dir: join(dir, name), name, listen: ['/ip4/127.0.0.1/tcp/0'], mdns: false })
  const [ben, ana] = await Promise.all([open('ben'), open('ana')])
  try {
    await ana.acceptInvite((await ben.createInvite({ petname: 'ana' })).link, { petname: 'ben' })
    ben.serve({ definition: { id: sampleManifest.proto, door: 'grant', methods: {} } as never, manifest: sampleManifest, handlers: {} })
    for (const location of ['photos', 'music']) {
      const input = { to: 'ana', protocol: sampleManifest.proto, location, scopes: ['use'], expMs: Date.now() + 30 * day }
      const grant = await ben.offer({ ...input, shown: ben.prepareOffer(input).hash })
      const offer = await vi.waitFor(
        () => ana.asks().find(({ id }) => id === grant.id) ?? Promise.reject(new Error('no offer yet')),
        10_000,
      )
      await ana.approve(offer.id, { shown: offer.card.hash })
      await vi.waitFor(() => expect(ben.grants().find(({ id }) => id === grant.id)?.state).toBe('ACTIVE'), 10_000)
      if (location === 'music') await ben.revoke(grant.id)
    }
    good = join(dir, 'good')
    await writeExport(ben, good)
    const later = { to: 'ana', protocol: sampleManifest.proto, location: 'films', scopes: ['use'], expMs: Date.now() + 30 * day }
    await ben.offer({ ...later, shown: ben.prepareOffer(later).hash })
    laterCheckpoint = (await ben.record.checkpoint()).note
  } finally {
    await Promise.all([ben[Symbol.asyncDispose](), ana[Symbol.asyncDispose]()])
  }
  const keys = await openKeyFiles({ dir: join(dir, 'ben/keys') })
  key = keyFromBytes((await keys.read('device-key'))!)
}, 60_000)
afterAll(() => rm(dir, { recursive: true, force: true }))

const paths = [
  'README.txt',
  'audit.ndjson',
  'checkpoints/own.notes',
  'consent-records.json',
  'contacts.json',
  'files.note',
  'household.json',
  'objects.ndjson',
  'services.json',
]

/** A copy in which one file is changed. With `signed` the list of files is signed again, as a thief of the device's key could. */
async function changed(path: string, change: (text: string) => string | Promise<string>, signed: boolean): Promise<string> {
  const copy = await mkdtemp(join(dir, 'changed-'))
  await cp(good, copy, { recursive: true })
  await writeFile(join(copy, path), await change(await readFile(join(copy, path), 'utf8')))
  if (signed) {
    const lines = (await readFile(join(copy, 'files.note'), 'utf8')).split('\n\n')[0]!.split('\n')
    const hash = createHash('sha256')
      .update(await readFile(join(copy, path)))
      .digest('hex')
    await writeFile(
      join(copy, 'files.note'),
      await signNote(
        lines.map((line) => (line.endsWith(` ${path}`) ? `${hash} ${path}` : line)),
        key,
      ),
    )
  }
  return copy
}

const lines = (text: string): string[] => text.split('\n').slice(0, -1)
const joined = (all: readonly string[]): string => all.map((line) => `${line}\n`).join('')

describe('an export', () => {
  it('40: verifies with one file, without daemon and without node_modules', () => {
    const { status, stdout } = run(good)
    expect(stdout).toContain('All of it is as it was signed.')
    expect(stdout).toMatch(/2 of them grants, 2 with the text that was shown/)
    expect(status).toBe(0)
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
    ['a consent left out', 'consent-records.json', (text) => JSON.stringify({ ...JSON.parse(text), records: [] }), 'objects'],
    ['another household', 'household.json', (text) => text.replace(/"household": "b[a-z2-7]{4}/, '"household": "baaaa'), 'household'],
    ['no documents', 'household.json', (text) => JSON.stringify({ ...JSON.parse(text), documents: [] }), 'household'],
    [
      'a contact without its documents',
      'contacts.json',
      (text) => JSON.stringify(JSON.parse(text).map((c: object) => ({ ...c, documents: [] }))),
      'contacts',
    ],
    ['no json', 'contacts.json', () => 'null', 'contacts'],
  ])('with %s fails, even where the list of files was signed again', async (_what, path, change, kind) => {
    const signed = await verifyExport(await changed(path, change, true))
    expect(signed.faults.map((fault) => fault.kind)).toContain(kind)
    expect(signed.faults.map((fault) => fault.kind)).not.toContain('files')
    expect((await verifyExport(await changed(path, change, false))).faults.map((fault) => fault.kind)).toContain('files')
  })

  it('says of nothing that it is right when it is not', async () => {
    const claim = 'the consent records say what these objects say'
    expect((await verifyExport(good)).checked).toContain(claim)
    expect((await verifyExport(await changed('consent-records.json', () => '{}', true))).checked).not.toContain(claim)
  })

  it('with one byte changed anywhere fails', async () => {
    const bytes = new Map(await Promise.all(paths.map(async (path) => [path, await readFile(join(good, path))] as const)))
    const copy = await mkdtemp(join(dir, 'flips-'))
    await cp(good, copy, { recursive: true })
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...paths), fc.nat(), fc.integer({ min: 1, max: 255 }), async (path, at, mask) => {
        const whole = bytes.get(path)!
        const flipped = Buffer.from(whole)
        flipped[at % whole.length]! ^= mask
        await writeFile(join(copy, path), flipped)
        const { faults } = await verifyExport(copy)
        await writeFile(join(copy, path), whole)
        expect(faults.length, `${path} ${at % whole.length}`).toBeGreaterThan(0)
      }),
      { numRuns: 150 },
    )
  })

  it('that was cut off consistently fails once a later checkpoint of it is known', async () => {
    const file = join(dir, 'later.note')
    await writeFile(file, laterCheckpoint)
    expect(run(good, '--checkpoint', file)).toMatchObject({
      status: 1,
      stdout: expect.stringMatching(/FAULT in log: the log is broken at entry \d+: missing/),
    })
  })

  it('with a file more or a file less fails', async () => {
    const copy = await mkdtemp(join(dir, 'more-'))
    await cp(good, copy, { recursive: true })
    await writeFile(join(copy, 'more.txt'), 'more')
    expect(run(copy)).toMatchObject({ status: 1, stdout: expect.stringContaining('more.txt is not in the signed list of files') })
    await rm(join(copy, 'more.txt'))
    await rm(join(copy, 'services.json'))
    expect(run(copy)).toMatchObject({ status: 1, stdout: expect.stringContaining('services.json is missing') })
    expect(run(join(dir, 'nowhere')).status).toBe(2)
    expect(run().status).toBe(2)
  })
})
