import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { dayMs, offerTo, twoSides } from '@porchlight/consent/testing'
import { expect, it } from 'vitest'
import { openStore } from './store.ts'

/** Whether any file of the database holds the text. */
async function isOnDisk(dir: string, text: string): Promise<boolean> {
  for (const entry of await readdir(join(dir, 'db'), { recursive: true, withFileTypes: true }))
    if (entry.isFile() && (await readFile(join(entry.parentPath, entry.name))).includes(text)) return true
  return false
}

it('39: what an erased entry said is in no file of the database any more, and the log still verifies', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'porchlight-erasure-'))
  try {
    await using store = await openStore({ dir })
    const { ana, ben, time } = await twoSides({ ana: store.ledger })
    const { id } = await ana.consent.offer(offerTo(ben, time.nowMs()))
    await ana.consent.revoke(id)
    let said = ''
    for await (const { salt } of store.ledger.audit(0)) said ||= Buffer.from(salt!).toString('base64')
    expect(await isOnDisk(dir, said)).toBe(true)
    time.setWallClock(time.nowMs() + 31 * dayMs)
    const erased = await ana.consent.eraseRecord({ household: ben.household })
    expect(erased.objects).toBe(1)
    expect(await isOnDisk(dir, said)).toBe(false)
    expect((await ana.consent.verifyLog()).ok).toBe(true)
    await ana.consent[Symbol.asyncDispose]()
    await ben.consent[Symbol.asyncDispose]()
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
})
