import { execFile } from 'node:child_process'
import { readdir, readFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { get } from '../harness/guest-http.ts'
import { Home, pair, shareAndAccept } from '../harness/home.ts'
import { needs } from '../harness/needs.ts'
import { freePort, Program } from '../harness/process.ts'

const run = promisify(execFile)
const client = new URL('calendar-client.py', import.meta.url).pathname

describe('a calendar server from Debian, shared as it is', () => {
  let ben: Home
  let ana: Home
  let radicale: Program
  let storage: string
  let shared: { url: string; grant: string }

  beforeAll(async () => {
    needs({
      '/usr/bin/radicale': 'apt-get install radicale',
      '/usr/lib/python3/dist-packages/caldav/__init__.py': 'apt-get install python3-caldav',
    })
    storage = await mkdtemp(join(tmpdir(), 'porchlight-radicale-'))
    const port = await freePort()
    radicale = await Program.listening(port, 'radicale', [
      '--config',
      '',
      '--hosts',
      `127.0.0.1:${port}`,
      '--storage-filesystem-folder',
      storage,
      '--auth-type',
      'none',
      '--rights-type',
      'authenticated',
      '--logging-level',
      'warning',
    ])
    ben = await Home.start('ben')
    ana = await Home.start('ana')
    await pair(ben, ana)
    shared = await shareAndAccept(ben, ana, `http://127.0.0.1:${port}`, 'calendar')
  })
  afterAll(async () => {
    await ana?.[Symbol.asyncDispose]()
    await ben?.[Symbol.asyncDispose]()
    await radicale?.[Symbol.asyncDispose]()
    await rm(storage, { recursive: true, force: true })
  })

  test("a stock CalDAV client at the friend's home adds an event and reads it back", async () => {
    const summary = 'Lantern walk, meet at number 12'
    const gateway = `http://127.0.0.1:${new URL(shared.url).port}`
    const { stdout } = await run('/usr/bin/python3', [client, shared.url, gateway, summary])
    expect(stdout.trim()).toBe(summary)
    expect(await eventFiles(storage)).toEqual([expect.stringContaining(`SUMMARY:${summary.replace(',', '\\,')}`)])
  })

  test('the calendar is closed to the friend once the owner stops sharing it', async () => {
    await ben.cli('revoke', shared.grant)
    expect((await get(shared.url)).statusCode).toBe(403)
  })
})

async function eventFiles(folder: string): Promise<string[]> {
  const names = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.ics') && !name.includes('.Radicale.cache'))
  return Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')))
}
