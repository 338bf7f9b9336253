import { execFileSync } from 'node:child_process'
import { cp, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { bundleVerifier } from '../bundle-verifier.ts'
import { startBulkApp } from '../harness/bulk-app.ts'
import { get } from '../harness/guest-http.ts'
import { Home, pair, shareAndAccept, waitFor } from '../harness/home.ts'

describe('a household that loses its machine, or has old files put in the place of its new ones', () => {
  let dir: string
  let app: Awaited<ReturnType<typeof startBulkApp>>
  let ben: Home
  let ana: Home
  let photos: { url: string; grant: string }
  let music: { url: string; grant: string }
  const homes: Home[] = []
  const at = (name: string): string => join(dir, name)

  beforeAll(async () => {
    app = await startBulkApp()
  })
  afterAll(async () => {
    await app[Symbol.asyncDispose]()
  })
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'porchlight-recovery-'))
    ben = await Home.start('ben')
    ana = await Home.start('ana')
    homes.push(ben, ana)
    await pair(ben, ana)
    photos = await shareAndAccept(ben, ana, `http://127.0.0.1:${app.port}`, 'photos')
    music = await shareAndAccept(ben, ana, `http://127.0.0.1:${app.port}`, 'music')
    expect([await statusOf(photos.url), await statusOf(music.url)]).toEqual([200, 200])
  })
  afterEach(async () => {
    for (const home of homes.splice(0)) await home[Symbol.asyncDispose]()
    await rm(dir, { recursive: true, force: true })
  })

  async function statusOf(url: string): Promise<number | undefined> {
    const answer = await get(`${url}?bytes=1024`).catch(() => undefined)
    answer?.resume()
    return answer?.statusCode
  }
  const stateOf = async (home: Home, id: string): Promise<string | undefined> =>
    (await home.cli('grants')).find((each: { id: string }) => each.id === id)?.state
  const isServed = (url: string): Promise<unknown> => waitFor('the share to work again', async () => (await statusOf(url)) === 200, 20_000)
  const connected = (): Promise<unknown> =>
    waitFor('both to be connected', async () => (await ana.api('GET', '/v1/contacts')).body.includes('"connected":true'), 20_000)

  /** A grant was stopped after the copy was made: it comes back as stopped, and nothing else goes on before Ben says so. */
  async function comesBackHeld(home: Home): Promise<void> {
    await connected()
    await waitFor('Ana to give the revocation back', async () => (await stateOf(home, photos.grant)) === 'REVOKED', 20_000)
    expect(await stateOf(home, music.grant)).toBe('SUSPENDED')
    expect([await statusOf(photos.url), await statusOf(music.url)]).not.toContain(200)
    const { stdout } = await home.try('status')
    expect(stdout).toMatch(/older than it once was.* ana holds a newer state of it/)
    await home.cli('resume', music.grant)
    await isServed(music.url)
    expect(await statusOf(photos.url)).not.toBe(200)
    expect((await home.cli('log', '--verify')).ok).toBe(true)
  }

  test('is back on a new machine with backup and words: what was stopped since stays stopped, the rest waits for a yes', async () => {
    const { words } = await ben.cli('words', '--yes')
    await writeFile(at('words'), words.join(' '))
    await ben.cli('backup', at('backup.age'))
    await ben.cli('revoke', photos.grant)
    await waitFor('Ana to hear of it', async () => (await stateOf(ana, photos.grant)) === 'REVOKED')
    await ben.endDaemon('SIGKILL')
    await rm(ben.dir, { recursive: true })

    await writeFile(at('wrong'), words.toReversed().join(' '))
    const wrong = await ben.try('restore', at('backup.age'), '--words-file', at('wrong'), '--home', at('new'))
    expect(wrong.code).not.toBe(0)
    expect(await readdir(dir)).not.toContain('new')
    await ben.cli('restore', at('backup.age'), '--words-file', at('words'), '--home', at('new'))
    const again = await Home.start('ben', { PORCHLIGHT_HOME: at('new') })
    homes.push(again)
    await comesBackHeld(again)
  })

  test('holds everything when a copy of the whole directory is put back', async () => {
    await ben.endDaemon()
    await cp(ben.dir, at('copy'), { recursive: true })
    await ben.startDaemon()
    await connected()
    await ben.cli('revoke', photos.grant)
    await waitFor('Ana to hear of it', async () => (await stateOf(ana, photos.grant)) === 'REVOKED')
    await ben.endDaemon('SIGKILL')
    await rm(ben.dir, { recursive: true })
    await cp(at('copy'), ben.dir, { recursive: true })
    await ben.startDaemon()
    await comesBackHeld(ben)
  })

  test('is back without a backup from words and an export that anybody can check, and agrees anew', async () => {
    const { words } = await ben.cli('words', '--yes')
    await writeFile(at('words'), words.join(' '))
    await ben.cli('export', at('export'))
    const verifier = await bundleVerifier(dir)
    expect(execFileSync(process.execPath, [verifier, at('export')], { encoding: 'utf8', env: {} })).toMatch(/household/)
    await ben.endDaemon('SIGKILL')
    await rm(ben.dir, { recursive: true })

    await ben.cli('recover', '--documents', join(at('export'), 'household.json'), '--words-file', at('words'), '--home', at('new'))
    const again = await Home.start('ben', { PORCHLIGHT_HOME: at('new') })
    homes.push(again)
    await connected()
    expect([await statusOf(photos.url), await statusOf(music.url)]).not.toContain(200)
    const { url } = await shareAndAccept(again, ana, `http://127.0.0.1:${app.port}`, 'films')
    expect(await statusOf(url)).toBe(200)
  })

  test('is gone after erase, and asks for its name before', async () => {
    expect((await ben.try('erase', '--yes', 'ana')).code).not.toBe(0)
    expect(await statusOf(music.url)).toBe(200)
    const { code, stdout } = await ben.try('erase', '--yes', 'ben')
    expect([code, stdout]).toEqual([0, expect.stringMatching(/What cannot be erased/)])
    expect(await readdir(ben.dir).catch(() => [])).toEqual([])
    expect(await statusOf(music.url)).not.toBe(200)
  })
})
