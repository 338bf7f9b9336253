import { limits } from '@porchlight/core'
import { idOfEnvelope } from '@porchlight/wire'
import { describe, expect, it } from 'vitest'
import type { AuditRecord } from '../ledger/ledger.ts'
import { activeGrant, ask, dayMs, deliver, offerTo, sampleManifest, twoSides, type ManualTime, type Side } from '../testing/index.ts'
import { objectLine, openLine, type ObjectLine } from './exported-object.ts'

async function exportOf({ consent }: Side): Promise<Map<string, string>> {
  const files = new Map<string, string>()
  for await (const { path, text } of consent.exportRecord()) files.set(path, (files.get(path) ?? '') + text)
  return files
}
const linesOf = <T>(text: string | undefined): T[] =>
  (text ?? '')
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as T)
async function entriesOf({ ledger }: Side): Promise<AuditRecord[]> {
  const entries: AuditRecord[] = []
  for await (const entry of ledger.audit(0)) entries.push(entry)
  return entries
}
const hex = (bytes: Uint8Array | null): string | null => bytes && Buffer.from(bytes).toString('hex')
/** Lets time pass, and what it brings be written. */
async function pass({ consent }: Side, time: ManualTime, ms: number): Promise<void> {
  time.setWallClock(time.nowMs() + ms)
  for (let turn = 0; turn < 4; turn++) {
    time.advance(limits.expirySweepMs)
    await consent.verifyLog()
  }
}
const kinds = (files: Map<string, string>) =>
  linesOf<ObjectLine>(files.get('objects.ndjson'))
    .map(({ type }) => type)
    .toSorted()

describe('an export', () => {
  it('holds every signed object of both directions once, in order of ids, with the text that was shown only where it was given here', async () => {
    const { ana, ben, time } = await twoSides()
    const given = await activeGrant(ana, ben, time.nowMs())
    const got = await activeGrant(ben, ana, time.nowMs(), 'music')
    for (const one of [ana, ben]) one.consent.addManifest(sampleManifest)
    expect(await ask(ben, ana, time, { service: 'books' })).toBeDefined()
    await ask(ana, ben, time, { service: 'films' })
    await ana.consent.revoke(given.id)
    await ana.consent.renounce(got.id)
    await ana.consent.panic()
    await ana.consent.resume()
    const files = await exportOf(ana)
    const lines = linesOf<ObjectLine>(files.get('objects.ndjson'))
    expect(kinds(files)).toEqual(
      ['ask', 'ask', 'given', 'grant', 'grant', 'manifest', 'pause', 'receipt', 'receipt', 'renounce', 'resume', 'revoke'].toSorted(),
    )
    expect(lines.map(({ id }) => id)).toEqual(lines.map(({ id }) => id).toSorted())
    expect(new Set(lines.map(({ id }) => id)).size).toBe(lines.length)
    expect(lines.filter(({ shown }) => shown).map(({ id, shown }) => [id, shown])).toEqual([
      [given.id, { text: 'May open photos.\n', lang: 'en' }],
    ])
    for (const line of lines) expect(await openLine(line)).toMatchObject({ type: line.type, id: line.id, shown: line.shown })
    const records = JSON.parse(files.get('consent-records.json')!) as { records: { record_id: string; direction: string }[] }
    expect(records).toEqual(await ana.consent.consentRecords())
    expect(new Map(records.records.map((record) => [record.record_id, record.direction]))).toEqual(
      new Map([
        [given.id, 'given'],
        [got.id, 'received'],
      ]),
    )
  })

  it('still holds what left the lists, as long as it is in the archive', async () => {
    const { ana, ben, time } = await twoSides()
    const given = await activeGrant(ana, ben, time.nowMs())
    await activeGrant(ben, ana, time.nowMs(), 'music')
    await ana.consent.revoke(given.id)
    await deliver(ana, ben)
    ana.consent.addManifest(sampleManifest)
    expect(await ask(ben, ana, time, { service: 'books' })).toBeDefined()
    const before = kinds(await exportOf(ana))
    await pass(ana, time, 31 * dayMs)
    await pass(ana, time, limits.endedKeepMs + dayMs)
    expect(ana.consent.asks()).toEqual([])
    expect(ana.consent.grants()).toEqual([])
    expect(ana.consent.held()).toEqual([])
    const files = await exportOf(ana)
    expect(kinds(files)).toEqual(before)
    expect(linesOf<ObjectLine>(files.get('objects.ndjson')).find(({ id }) => id === given.id)?.shown?.text).toBe('May open photos.\n')
  })

  it('ends its log at the checkpoint that is made for it, whatever happens meanwhile, and holds own checkpoints and those of others', async () => {
    const { ana, ben, time } = await twoSides()
    await activeGrant(ana, ben, time.nowMs())
    const first = (await ana.consent.checkpointNow())!.note
    const theirs = (await ben.consent.checkpointNow())!.note
    await ana.consent.learnCheckpoint(theirs, ben.household)
    // What others repeat of our own log is no log of theirs.
    await ana.consent.learnCheckpoint(first, ben.household)
    await ana.consent.offer(offerTo(ben, time.nowMs(), 'later'))
    const entries = await entriesOf(ana)
    const files = new Map<string, string>()
    for await (const { path, text } of ana.consent.exportRecord()) {
      if (files.size === 0) await ana.consent.offer(offerTo(ben, time.nowMs(), 'meanwhile'))
      files.set(path, (files.get(path) ?? '') + text)
    }
    expect([...files.keys()]).toEqual([
      'objects.ndjson',
      'consent-records.json',
      'audit.ndjson',
      'checkpoints/own.notes',
      'checkpoints/seen.notes',
    ])
    expect(linesOf(files.get('audit.ndjson'))).toEqual(
      entries.map(({ n, bytes, body, salt }) => ({ n, envelope: hex(bytes), body: hex(body), salt: hex(salt) })),
    )
    const own = ana.consent.checkpoints().filter(({ household, note }) => household === ana.household && note !== theirs)
    expect(files.get('checkpoints/own.notes')).toBe(`${first}${ana.consent.checkpoint()!.note}`)
    expect(own.length).toBeGreaterThan(1)
    expect(files.get('checkpoints/seen.notes')).toBe(theirs)
  })

  it('says null for what was erased of its log', async () => {
    const { ana, ben, time } = await twoSides()
    await activeGrant(ana, ben, time.nowMs())
    await pass(ana, time, 31 * dayMs)
    await ana.consent.eraseRecord({ beforeMs: time.nowMs() })
    const lines = linesOf<Record<string, unknown>>((await exportOf(ana)).get('audit.ndjson'))
    expect(lines.filter(({ body, salt }) => body === null && salt === null).length).toBeGreaterThan(0)
    expect(lines.every(({ envelope }) => typeof envelope === 'string')).toBe(true)
  })

  it('of a household that did nothing has every file, empty', async () => {
    const { ana } = await twoSides()
    const files = await exportOf(ana)
    expect(files.get('audit.ndjson')).toBe('')
    expect(files.get('checkpoints/own.notes')).toBe('')
    expect(files.get('checkpoints/seen.notes')).toBe('')
    expect(JSON.parse(files.get('consent-records.json')!)).toMatchObject({ records: [] })
    expect(files.has('objects.ndjson')).toBe(false)
  })
})

describe('a line of an export', () => {
  async function grantLine(): Promise<{ bytes: Uint8Array; line: ObjectLine }> {
    const { ana, ben, time } = await twoSides()
    await ana.consent.offer(offerTo(ben, time.nowMs()))
    const { bytes } = ana.consent.outbox(ben.household)[0]!
    return { bytes, line: objectLine(bytes)! }
  }

  it('names type and id of its envelope, and the text only when there is one', async () => {
    const { bytes, line } = await grantLine()
    expect(line).toEqual({ type: 'grant', id: idOfEnvelope(bytes), envelope: hex(bytes) })
    expect(objectLine(bytes, { text: 'a', lang: 'en' })?.shown).toEqual({ text: 'a', lang: 'en' })
  })

  it('is not made of bytes that are no object, nor of an object of another type', async () => {
    const { ana } = await twoSides()
    await ana.consent.panic()
    const [entry] = await entriesOf(ana)
    expect(objectLine(entry!.bytes)).toBeUndefined()
    for (const bytes of [new Uint8Array(), new Uint8Array(5), new Uint8Array(200).fill(0x82)]) expect(objectLine(bytes)).toBeUndefined()
  })

  it('is opened only when signature, type, id and encoding are right', async () => {
    const { line } = await grantLine()
    expect(await openLine(line)).toMatchObject({ type: 'grant', id: line.id, body: { introduce: 0 }, shown: undefined })
    const last = line.envelope.at(-1) === '0' ? '1' : '0'
    expect(await openLine({ ...line, envelope: line.envelope.slice(0, -1) + last })).toMatch(/^is not a valid grant: ./)
    expect(await openLine({ ...line, type: 'ask' })).toMatch(/^is not a valid ask: ./)
    expect(await openLine({ ...line, type: 'x"' })).toBe(String.raw`is of the unknown type "x\""`)
    const other = `${line.id.slice(0, -1)}${line.id.endsWith('a') ? 'b' : 'a'}` as ObjectLine['id']
    expect(await openLine({ ...line, id: other })).toBe('does not have the id that its line says')
    // What a reader of hex skips must not be signed for.
    expect(await openLine({ ...line, envelope: `${line.envelope}zz` })).toBe('does not have the id that its line says')
    expect(await openLine({ ...line, envelope: line.envelope.toUpperCase() })).toBe('does not have the id that its line says')
  })
})
