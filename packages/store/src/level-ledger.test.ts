import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Ledger } from '@porchlight/consent'
import {
  activeGrant,
  admitted,
  ask,
  callOf,
  deliver,
  memoryLedger,
  offerTo,
  sampleManifest,
  side,
  twoSides,
} from '@porchlight/consent/testing'
import { limits } from '@porchlight/core'
import { Level } from 'level'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openStore, type Store } from './store.ts'

let dir: string
let store: Store
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'porchlight-ledger-'))
  store = await openStore({ dir })
})
afterEach(async () => {
  await store.close()
  await rm(dir, { recursive: true, force: true })
})

/** The store as a restart finds it. */
async function restart(): Promise<Ledger> {
  await store.close()
  store = await openStore({ dir })
  return store.ledger
}

describe('the ledger on LevelDB', () => {
  it('takes back what a failed commit left, so that a restart finds a whole log', async () => {
    const { ledger: disk } = store
    let fails = false
    const inDoubt: Ledger = {
      ...disk,
      commit: async (transition) => {
        await disk.commit(transition)
        if (fails) throw new Error('EIO: told to fail, after it was written')
      },
    }
    const { ana, ben, time } = await twoSides({ ana: inDoubt })
    const one = await activeGrant(ana, ben, time.nowMs())
    fails = true
    await expect(ana.consent.offer(offerTo(ben, time.nowMs(), 'music'))).rejects.toMatchObject({ reason: 'not-durable' })
    fails = false
    await ana.consent.checkpointNow()
    const again = await side('ana', time, await restart())
    expect(again.consent.grants().map(({ id }) => id)).toEqual([one.id])
    expect(await again.consent.verifyLog()).toMatchObject({ ok: true })
  })

  it('holds exactly what the one in memory holds, after a whole story and a restart', async () => {
    const memory = memoryLedger()
    const both: Ledger = {
      load: () => store.ledger.load(),
      commit: async (transition) => {
        await store.ledger.commit(transition)
        await memory.commit(transition)
      },
      audit: (afterN) => store.ledger.audit(afterN),
      archive: () => store.ledger.archive(),
      compact: () => store.ledger.compact(),
    }
    const { ana, ben, time } = await twoSides({ ana: both })
    ana.consent.addManifest(sampleManifest)
    const one = await activeGrant(ana, ben, time.nowMs())
    await activeGrant(ana, ben, time.nowMs(), 'music')
    await ana.consent.deny((await ask(ben, ana, time))!.id)
    await ana.consent.offer({ ...offerTo(ben, time.nowMs()), shown: { text: 'two\nlines, “quotes”\n', lang: 'en' } })
    await ana.consent.revoke(one.id)
    const sorted = (snapshot: object): unknown =>
      Object.fromEntries(
        Object.entries(snapshot).map(([name, rows]) => [
          name,
          Array.isArray(rows) ? rows.map((row) => JSON.stringify(row)).toSorted() : rows,
        ]),
      )
    const ledger = await restart()
    expect(sorted(await ledger.load())).toEqual(sorted(await memory.load()))
    expect(await listed(ledger.audit(0))).toEqual(memory.entries)
    expect(await listed(ledger.audit(2))).toEqual(memory.entries.slice(2))
  })

  it('a revocation whose write fails is denied, is not said, and is on the disk once writing works again', async () => {
    let failing = false
    const failable: Ledger = {
      ...store.ledger,
      commit: (transition) => (failing ? Promise.reject(new Error('ENOSPC')) : store.ledger.commit(transition)),
    }
    const { ana, ben, time } = await twoSides({ ana: failable })
    const grant = await activeGrant(ana, ben, time.nowMs())
    const live = admitted(ana, ben)
    failing = true
    await expect(ana.consent.revoke(grant.id)).rejects.toMatchObject({ code: 'INTERNAL', reason: 'not-durable' })
    expect(live.signal.aborted).toBe(true)
    expect(ana.consent.admit(callOf(ben)).allow).toBe(false)
    expect((await store.ledger.load()).grants).toMatchObject([{ state: 'ACTIVE' }])
    failing = false
    time.advance(limits.revocationRetryMs)
    await ana.consent.verifyLog()
    const ledger = await restart()
    expect((await ledger.load()).grants).toMatchObject([{ state: 'REVOKED' }])
    expect((await ledger.load()).outbox).toMatchObject([{ kind: 'revoke' }])
  })

  it.each([
    ['an entry', 'log/0000000000000001'],
    ['what an entry says', 'log-body/0000000000000001'],
    ['the head', 'ledger-state'],
  ])('a restart shows that %s was changed in the files, and goes on without overwriting anything', async (_what, key) => {
    const { ana, ben, time } = await twoSides({ ana: store.ledger })
    await activeGrant(ana, ben, time.nowMs())
    await ana.consent[Symbol.asyncDispose]()
    await store.close()
    const level = new Level<string, string>(join(dir, 'db'))
    const text = await level.get(key)
    if (key === 'ledger-state') await level.put(key, text.replace('"n":2', '"n":1'))
    else
      await level.put(
        key,
        text.replace(/[A-Za-z](?=[A-Za-z0-9+/]{8}[A-Za-z0-9+/=]*"\})/, (letter) => (letter === 'x' ? 'y' : 'x')),
      )
    await level.close()
    store = await openStore({ dir })
    const again = (await twoSides({ ana: store.ledger })).ana
    expect((await again.consent.verifyLog()).ok).toBe(false)
    await again.consent.offer(offerTo(ben, time.nowMs()))
    expect((await listed(store.ledger.audit(0))).map(({ n }) => n)).toEqual([1, 2, 3])
    expect((await again.consent.verifyLog()).ok).toBe(false)
  })

  it('an erased body leaves the chain valid, and an untouched one verifies', async () => {
    const { ana, ben, time } = await twoSides({ ana: store.ledger })
    await activeGrant(ana, ben, time.nowMs())
    await deliver(ana, ben)
    await ana.consent[Symbol.asyncDispose]()
    await store.close()
    const level = new Level<string, string>(join(dir, 'db'))
    await level.del('log-body/0000000000000001')
    await level.close()
    store = await openStore({ dir })
    const again = (await twoSides({ ana: store.ledger })).ana
    expect(await again.consent.verifyLog()).toMatchObject({ entries: 2, ok: true, firstFault: undefined })
    expect((await again.consent.log()).map(({ facts }) => facts === undefined)).toEqual([true, false])
  })
})

async function listed<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = []
  for await (const item of items) list.push(item)
  return list
}
