import type { HouseholdNode } from '@porchlight/node'
import { Level } from 'level'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { agree, hallManifest, pair, serveHall, Street } from './victim.ts'

describe('somebody who can write to the database', () => {
  let street: Street

  beforeEach(async () => {
    street = await Street.make()
    const [ben, ana] = [await street.start('ben'), await street.start('ana')]
    serveHall(ben)
    ana.knowManifest(hallManifest)
    await pair(ben, ana, { guest: 'ana', owner: 'ben' })
    await ben.revoke(await agree(ben, ana, 'ana'))
    await agree(ben, ana, 'ana', 'diary')
    expect((await ben.verifyLog()).ok).toBe(true)
    await street.stop('ana')
    await street.stop('ben')
  })
  afterEach(() => street[Symbol.asyncDispose]())

  /** Changes the stored database of Ben's and starts it again. */
  async function after(change: (database: Level<string, string>, entries: string[]) => Promise<void>): Promise<HouseholdNode> {
    const database = new Level<string, string>(join(street.dir, 'ben', 'db'), { keyEncoding: 'utf8', valueEncoding: 'utf8' })
    await database.open()
    const entries = await database.keys({ gt: 'log/', lt: 'log0' }).all()
    await change(database, entries)
    await database.close()
    return street.start('ben')
  }

  test.each<[string, (database: Level<string, string>, entries: string[]) => Promise<void>]>([
    [
      'changes one entry',
      async (database, entries) => {
        const text = await database.get(entries[1]!)
        const at = text.length - 20
        await database.put(entries[1]!, `${text.slice(0, at)}${text[at] === 'A' ? 'B' : 'A'}${text.slice(at + 1)}`)
      },
    ],
    ['takes one entry out', (database, entries) => database.del(entries[1]!)],
    ['cuts off the end', async (database, entries) => void (await Promise.all(entries.slice(-2).map((key) => database.del(key))))],
    [
      'swaps two entries',
      async (database, entries) => {
        const [one, other] = [await database.get(entries[0]!), await database.get(entries[1]!)]
        await database.batch([
          { type: 'put', key: entries[0]!, value: other },
          { type: 'put', key: entries[1]!, value: one },
        ])
      },
    ],
    [
      'changes what an entry says',
      async (database) => {
        const [key, text] = (await database.iterator({ gt: 'log-body/', lt: 'log-body0', limit: 1 }).all())[0]!
        await database.put(
          key,
          text.replace(/"\$bytes":"(.)/, (whole, first: string) => whole.slice(0, -1) + (first === 'A' ? 'B' : 'A')),
        )
      },
    ],
  ])('%s: the next check of the log says where', async (_what, change) => {
    const ben = await after(change)
    const verdict = await ben.verifyLog()
    expect(verdict.ok).toBe(false)
    expect(verdict.fault).toMatch(/^entry \d+/)
  })

  test('changes nothing, and the check says so too', async () => {
    expect((await (await after(async () => {})).verifyLog()).ok).toBe(true)
  })
})
