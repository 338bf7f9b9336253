import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { twoSides } from '@porchlight/consent/testing'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openStore } from './store.ts'
import { leftOut } from './testing/left-out.ts'

const packageDir = fileURLToPath(new URL('..', import.meta.url))
const nodeArgs = ['--conditions=@porchlight/source', '--experimental-transform-types', '--no-warnings', '--input-type=module']

/** What both programs begin with: a household on a real store in the directory that is their first argument. */
const household = `
  import { writeSync, openSync, closeSync, rmSync } from 'node:fs'
  import { openStore } from './src/store.ts'
  import { activeGrant, offerTo, twoSides } from '@porchlight/consent/testing'
  const dir = process.argv[1]
  const say = (text) => writeSync(1, text + '\\n')
  let store = await openStore({ dir })
  const { ana, ben, time } = await twoSides({ ana: store.ledger })
`

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'porchlight-crash-'))
})
afterEach(async () => {
  await rm(dir, { recursive: true, force: true })
})

/** What a restart finds. */
async function found(): Promise<{ state: string | undefined; outbox: string[]; verified: unknown }> {
  await using store = await openStore({ dir })
  const { ana } = await twoSides({ ana: store.ledger })
  return {
    state: ana.consent.grants()[0]?.state,
    outbox: ana.consent.outbox().map(({ kind }) => kind),
    verified: (await ana.consent.verifyLog()).ok,
  }
}

/** Runs a program on the directory and kills it with SIGKILL as soon as `when` is true of what it has said. */
async function killedWhen(program: string, when: (said: string) => boolean): Promise<string> {
  const child = spawn(process.execPath, [...nodeArgs, '--eval', household + program, dir], {
    cwd: packageDir,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let said = ''
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString()
    if (when(said)) child.kill('SIGKILL')
  })
  const [, signal] = await once(child, 'close')
  expect(signal, said).toBe('SIGKILL')
  return said
}

describe('kill -9', { timeout: 60_000 }, () => {
  it('straight after a revocation was acknowledged leaves it revoked', async () => {
    for (let run = 0; run < 3; run++) {
      await rm(dir, { recursive: true, force: true })
      await killedWhen(
        `const grant = await activeGrant(ana, ben, time.nowMs())
         await ana.consent.revoke(grant.id)
         say('revoked')
         for (let n = 0; ; n++) await ana.consent.offer(offerTo(ben, time.nowMs(), 'later' + n)).catch(() => new Promise(() => setInterval(() => {}, 1000)))`,
        (said) => said.includes('revoked'),
      )
      expect(await found()).toMatchObject({ state: 'REVOKED', outbox: expect.arrayContaining(['revoke']), verified: true })
    }
  })

  it('while transitions are being written leaves whole ones: each grant with its log entry, and a log that verifies', async () => {
    for (const count of [3, 17]) {
      await rm(dir, { recursive: true, force: true })
      const said = await killedWhen(
        `for (let n = 0; ; n++) { const { id } = await ana.consent.offer(offerTo(ben, time.nowMs(), 's' + n)); await ana.consent.delivered(id); say('made ' + n) }`,
        (text) => text.includes(`made ${count}\n`),
      )
      await using store = await openStore({ dir })
      const { ana } = await twoSides({ ana: store.ledger })
      expect(ana.consent.grants().length).toBeGreaterThanOrEqual(said.trim().split('\n').length)
      expect(await ana.consent.verifyLog()).toMatchObject({ ok: true, entries: ana.consent.grants().length })
    }
  })
})

/** A mount namespace of our own needs root or unprivileged user namespaces. */
const tool = 'unshare'
const unshare = [['-m'], ['-rm']].find((flags) => {
  try {
    execFileSync(tool, [...flags, 'sh', '-c', 'mount -t tmpfs tmpfs /tmp'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
})

describe('a full disk', { timeout: 60_000 }, () => {
  it.skipIf(leftOut(unshare !== undefined, 'mount namespaces (root, or unprivileged user namespaces)'))(
    'makes a revocation fail visibly and stay denied, and loses nothing once there is space again',
    async () => {
      const program = `
      const grants = []
      for (let n = 0; n < 12; n++) grants.push(await activeGrant(ana, ben, time.nowMs(), 's' + n))
      const ballast = openSync(dir + '/ballast', 'w')
      for (const size of [65536, 4096, 1]) try { for (;;) writeSync(ballast, Buffer.alloc(size)) } catch {}
      closeSync(ballast)
      const reasons = []
      for (const { id } of grants) await ana.consent.revoke(id).then(() => reasons.push('ok'), (error) => reasons.push(error.reason + ' ' + error.cause?.cause?.reason))
      const before = ana.consent.grants().map(({ state }) => state)
      rmSync(dir + '/ballast')
      time.advance(5000)
      for (let turn = 0; turn < 5; turn++) await ana.consent.verifyLog()
      const after = ana.consent.grants().map(({ state }) => state)
      await ana.consent[Symbol.asyncDispose]()
      await store.close()
      store = await openStore({ dir })
      const again = (await twoSides({ ana: store.ledger })).ana
      say(JSON.stringify({ reasons, before, after, restarted: again.consent.grants().map(({ state }) => state), verified: await again.consent.verifyLog() }))
      process.exit(0)
    `
      const run = `mount -t tmpfs -o size=1m,mode=700 tmpfs "$0" && exec "$@"`
      const said = execFileSync(
        tool,
        [...unshare!, 'sh', '-c', run, dir, process.execPath, ...nodeArgs, '--eval', household + program, dir],
        { cwd: packageDir, encoding: 'utf8' },
      )
      const { reasons, before, after, restarted, verified } = JSON.parse(said) as {
        reasons: string[]
        before: string[]
        after: string[]
        restarted: string[]
        verified: object
      }
      expect(reasons.at(-1)).toBe('not-durable disk-full')
      expect(new Set(before)).toEqual(new Set(reasons.includes('ok') ? ['REVOKED', 'REVOKING'] : ['REVOKING']))
      expect(new Set(after)).toEqual(new Set(['REVOKED']))
      expect(restarted).toEqual(after)
      expect(verified).toMatchObject({ ok: true, entries: 36 })
    },
  )
})
