import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { activeGrant, callOf, memoryLedger, side, twoSides } from '@porchlight/consent/testing'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Database, type KeyValues } from './database.ts'
import { migrate } from './migrate.ts'
import { migrations, type Migration } from './migrations.ts'
import { openUpToDate } from './open-up-to-date.ts'
import { decodeRecord, encodeRecord } from './record-codec.ts'
import { openStore } from './store.ts'
import { faultyDatabase, type WriteFault } from './testing/faulty-database.ts'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'porchlight-migrate-'))
})
afterEach(async () => {
  await rm(dir, { recursive: true, force: true })
})

const without = (record: object, names: readonly string[]): object =>
  Object.fromEntries(Object.entries(record).filter(([name]) => !names.includes(name)))

const rename = (to: number): Migration => ({
  to,
  what: `names end in ${to}`,
  value: (key, text) => (key.startsWith('name/') ? `${text}${to}` : undefined),
})
const steps: readonly Migration[] = [rename(2), rename(3), rename(4)]

async function contents(database: KeyValues): Promise<Record<string, string>> {
  const found: Record<string, string> = {}
  for await (const [key, value] of database.entries('')) found[key] = value
  return found
}

async function withDatabase<T>(work: (database: Database) => Promise<T>): Promise<T> {
  const database = await Database.open(join(dir, 'db'))
  try {
    return await work(database)
  } finally {
    await database.close()
  }
}

const old = { schema: '1', 'name/a': 'a', 'name/b': 'b', 'other/c': 'c' }
const putOld = (database: KeyValues): Promise<void> =>
  database.write(Object.entries(old).map(([key, value]) => ({ type: 'put' as const, key, value })))
const atVersion = (version: number): Record<string, string> => {
  const suffix = steps
    .filter(({ to }) => to <= version)
    .map(({ to }) => to)
    .join('')
  return { schema: String(version), 'name/a': `a${suffix}`, 'name/b': `b${suffix}`, 'other/c': 'c' }
}

describe('bringing old data up to date', () => {
  it('goes one version after the other, and leaves alone what no step is about', async () => {
    await withDatabase(putOld)
    const said: string[] = []
    const database = await openUpToDate(dir, steps, (event) => said.push(event))
    expect(await contents(database)).toEqual(atVersion(4))
    await database.close()
    expect(said).toEqual(['store.snapshot', 'store.migrated'])
  })

  it.each(['error', 'full', 'killed-before', 'killed-after'] satisfies WriteFault[])(
    'a write that ends as "%s", whichever it is, leaves one whole version, and the next start comes to the newest',
    async (fault) => {
      for (const at of [1, 2, 3]) {
        await rm(join(dir, 'db'), { recursive: true, force: true })
        await withDatabase(async (database) => {
          await putOld(database)
          const killed = new Promise<void>((resolve) => {
            const faulty = faultyDatabase(database, (write) => (write === at ? fault : 'none'), resolve)
            void migrate(faulty, 1, steps).catch(() => resolve())
          })
          await killed
          expect(await contents(database)).toEqual(atVersion(fault === 'killed-after' ? 1 + at : at))
        })
        const database = await openUpToDate(dir, steps, () => {})
        expect(await contents(database)).toEqual(atVersion(4))
        await database.close()
      }
    },
  )

  it('a step that cannot read an entry changes nothing and says so; the data opens with the older program', async () => {
    await withDatabase(putOld)
    const broken: Migration = { to: 3, what: 'breaks', value: (_key, text) => decodeRecord(text) }
    await expect(openUpToDate(dir, [steps[0]!, broken], () => {})).rejects.toMatchObject({ code: 'INTERNAL', reason: 'damaged' })
    await withDatabase(async (database) => expect(await contents(database)).toEqual(atVersion(2)))
  })

  it('copies the database first, as it was, and keeps the copies of the last two versions', async () => {
    await withDatabase(putOld)
    for (const count of [1, 2, 3]) await (await openUpToDate(dir, steps.slice(0, count), () => {})).close()
    expect(await readdir(join(dir, 'snapshots'))).toEqual(['db-version-2', 'db-version-3'])
    const copy = await Database.open(join(dir, 'snapshots/db-version-3'))
    expect(await contents(copy)).toEqual(atVersion(3))
    await copy.close()
  })

  it('a copy that was cut short by a kill is made anew', async () => {
    await withDatabase(putOld)
    await mkdir(join(dir, 'snapshots/db-version-1.part'), { recursive: true, mode: 0o700 })
    await writeFile(join(dir, 'snapshots/db-version-1.part/000003.log'), 'half')
    await (await openUpToDate(dir, steps, () => {})).close()
    expect(await readdir(join(dir, 'snapshots'))).toEqual(['db-version-1'])
  })
})

describe('data of version 1', () => {
  it('opens: its manifests say everywhere without a limit and are marked, its grants are in force', async () => {
    await using store = await openStore({ dir })
    const memory = memoryLedger()
    const { ana, ben, time } = await twoSides({ ana: memory })
    await activeGrant(ana, ben, time.nowMs())
    await store.close()
    await withDatabase(async (database) => {
      const { manifests, grants } = await memory.load()
      for (const { prev: _prev, scopes, ...body } of manifests.map((record) => record.body)) {
        const of1 = { ...manifests[0]!, body: { ...body, scopes: scopes.map(({ locations: _locations, max: _max, ...scope }) => scope) } }
        await database.write([{ type: 'put', key: `ledger/manifests/${manifests[0]!.id}`, value: encodeRecord(of1) }])
      }
      await database.write([
        {
          type: 'put',
          key: `ledger/grants/${grants[0]!.id}`,
          value: encodeRecord(without(grants[0]!, ['causes', 'given', 'blocks', 'erasureAsked', 'erasureClaim'])),
        },
        { type: 'put', key: 'ledger/held/x', value: encodeRecord({ id: 'x' }) },
        { type: 'put', key: 'ledger/asks/x', value: encodeRecord({ id: 'x' }) },
        { type: 'put', key: 'ledger/ownAsks/x', value: encodeRecord({ id: 'x' }) },
        { type: 'put', key: 'ledger/earlyRevocations/x', value: encodeRecord({ grant: 'x' }) },
        { type: 'put', key: 'schema', value: '1' },
      ])
    })
    await using again = await openStore({ dir })
    const { manifests, grants, held, asks, ownAsks, earlyRevocations } = await again.ledger.load()
    expect(manifests).toMatchObject([
      {
        shape: 1,
        body: {
          prev: null,
          scopes: [
            { locations: [''], max: {} },
            { locations: [''], max: {} },
          ],
        },
      },
    ])
    expect(grants).toMatchObject([{ state: 'ACTIVE', causes: [], blocks: [], erasureAsked: false, erasureClaim: null }])
    expect([held, asks, ownAsks, earlyRevocations]).toEqual([
      [{ id: 'x', erasureAsked: false, erasureClaim: null }],
      [{ id: 'x', origin: 'contact', selfName: null, snoozedMs: null, denial: null, counter: null }],
      [{ id: 'x', counter: null }],
      [{ grant: 'x', erasureAsked: false }],
    ])
    const migrated = await side('ana', time, again.ledger)
    await migrated.consent.block(ben.household, null)
    expect(migrated.consent.admit(callOf(ben))).toMatchObject({ allow: false, because: 'blocked' })
    expect(migrated.consent.grants()).toHaveLength(1)
    await migrated.consent[Symbol.asyncDispose]()
  })

  it('is brought up to date once: the steps change nothing in data that they made', () => {
    for (const { value } of migrations) {
      const record = encodeRecord({ id: 'x', body: { prev: null, scopes: [{ locations: ['a'], max: {} }] } })
      expect(value('ledger/manifests/x', record)).toBeUndefined()
    }
  })
})
