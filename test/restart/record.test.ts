import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { verifyInclusion } from '@porchlight/consent'
import { keyOf, longLog } from '@porchlight/consent/testing'
import { openStore } from '@porchlight/store'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Home, pair, shareAndAcceptQuickly } from '../harness/home.ts'
import { sourceFlags } from '../harness/source-flags.ts'

const verifier = new URL('../../packages/verify/dist/verify-export.js', import.meta.url).pathname
const run = promisify(execFile)
let dir: string

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'porchlight-record-'))
})
afterAll(() => rm(dir, { recursive: true, force: true }))

/** Runs the one-file verifier as somebody would who has nothing else of this project. */
async function verified(...args: string[]): Promise<{ code: number; said: string }> {
  try {
    const { stdout } = await run(process.execPath, [verifier, ...args], { cwd: dir, env: {} })
    return { code: 0, said: stdout }
  } catch (error) {
    const { code, stdout } = error as { code: number; stdout: string }
    return { code, said: stdout }
  }
}

/** Whether a proof that the CLI printed is right, with nothing but what it says. */
function proves(proof: { n: number; leaf: string; proof: string[]; checkpoint: { size: number; root: string } }): boolean {
  const [hex, base64] = [
    (text: string) => new Uint8Array(Buffer.from(text, 'hex')),
    (text: string) => new Uint8Array(Buffer.from(text, 'base64')),
  ]
  const { size, root } = proof.checkpoint
  return verifyInclusion({ index: proof.n - 1, size, leaf: hex(proof.leaf), proof: proof.proof.map(hex), root: base64(root) })
}

describe("a household's record, by its own program", () => {
  let ben: Home
  let ana: Home
  const exported = (name: string): string => join(dir, name)

  beforeAll(async () => {
    ben = await Home.start('ben')
    ana = await Home.start('ana')
    await pair(ben, ana)
    await shareAndAcceptQuickly(ben, ana, 'http://127.0.0.1:9', 'photos')
    await ben.cli('revoke', await shareAndAcceptQuickly(ben, ana, 'http://127.0.0.1:9', 'music'))
  })
  afterAll(async () => {
    await ana?.[Symbol.asyncDispose]()
    await ben?.[Symbol.asyncDispose]()
  })

  test('an export of either household verifies with the one-file verifier alone', async () => {
    for (const [name, home] of [
      ['ben', ben],
      ['ana', ana],
    ] as const) {
      await home.cli('export', exported(name))
      expect(await verified(exported(name))).toMatchObject({ code: 0, said: expect.stringContaining('All of it is as it was signed.') })
    }
  })

  test('one changed byte in any file of it is found', async () => {
    const files = (await readdir(exported('ben'), { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile())
    for (const { parentPath, name } of files) {
      const path = join(parentPath, name)
      const whole = await readFile(path)
      if (whole.length === 0) continue
      const changed = Uint8Array.from(whole)
      changed[Math.floor(changed.length / 2)]! ^= 1
      await writeFile(path, changed)
      expect((await verified(exported('ben'))).code, name).toBe(1)
      await writeFile(path, whole)
    }
    expect((await verified(exported('ben'))).code).toBe(0)
  })

  test('an erased entry says nothing more and still proves, and what is exported then verifies, also after a restart', async () => {
    const entries: { n: number; text: string | null }[] = await ben.cli('log')
    const said = entries.find(({ text }) => text?.includes('music'))!
    const before = await ben.cli('log', 'prove', String(said.n))
    const kept = exported('checkpoint')
    await writeFile(kept, (await ben.try('log', 'checkpoint')).stdout)
    expect((await ben.cli('log', 'erase', '--before', new Date(Date.now() + 1000).toISOString())).entries).toBeGreaterThan(0)
    await ben.endDaemon('SIGTERM')
    await ben.startDaemon()
    const after = await ben.cli('log', 'prove', String(said.n))
    expect(after.leaf).toBe(before.leaf)
    expect([proves(before), proves(after)]).toEqual([true, true])
    expect(proves({ ...after, n: after.n + 1 })).toBe(false)
    expect((await ben.cli('log')).find(({ n }: { n: number }) => n === said.n)).toMatchObject({ text: null })
    expect((await ben.try('log', '--verify')).code).toBe(0)
    await ben.cli('export', exported('erased'))
    expect(await verified(exported('erased'), '--checkpoint', kept)).toMatchObject({
      code: 0,
      said: expect.stringMatching(/[1-9]\d* of them erased/),
    })
  })
})

test('a log of 100,000 entries is checked within bounded memory', async () => {
  const entries = 100_000
  const home = join(dir, 'long')
  const store = await openStore({ dir: home })
  await longLog(store.ledger, await keyOf('ana'), entries)
  await store[Symbol.asyncDispose]()
  // All entries together are 131 MB, more than this heap: whoever holds them does not get through. What is loaded and the tree's hashes take 25 MB
  // of it; with 32 the collector ran without a pause, and the check took minutes.
  const main = new URL('./long-log-main.ts', import.meta.url).pathname
  const { stdout } = await run(process.execPath, ['--max-old-space-size=80', ...sourceFlags, main, home])
  const found = JSON.parse(stdout) as { ok: boolean; entries: number; ms: number; grewBytes: number }
  console.log(`${entries} entries checked in ${found.ms} ms, resident memory grew by ${Math.round(found.grewBytes / 2 ** 20)} MiB`)
  expect(found).toMatchObject({ ok: true, entries })
  expect(found.grewBytes).toBeLessThan(128 * 2 ** 20)
})
