import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startBulkApp } from '../harness/bulk-app.ts'
import { get } from '../harness/guest-http.ts'
import { Home, pair, shareAndAccept } from '../harness/home.ts'
import { sourceFlags } from '../harness/source-flags.ts'
import { processStat, type ProcessStat } from './process-stat.ts'

const attackMs = 10_000
/** At most: this attacker ends when all of its records were sent. */
const putsMs = 60_000
const mostMs = 1000

describe('a flooded daemon', () => {
  let ben: Home
  let ana: Home
  let app: Awaited<ReturnType<typeof startBulkApp>>
  let url: string
  let address: string

  beforeAll(async () => {
    app = await startBulkApp()
    ben = await Home.start('ben', { PORCHLIGHT_SERVE_ADDRESS_BOOK: 'true' })
    ana = await Home.start('ana')
    await pair(ben, ana)
    url = (await shareAndAccept(ben, ana, `http://127.0.0.1:${app.port}`, 'photos')).url
    address = (await ben.cli('status')).addresses[0]
  })
  afterAll(async () => {
    await ana?.[Symbol.asyncDispose]()
    await ben?.[Symbol.asyncDispose]()
    await app?.[Symbol.asyncDispose]()
  })

  const stat = (): ProcessStat => processStat(ben.pid, ben.dir)

  /** Milliseconds until a small answer of Ben's app was read at Ana's gateway. */
  async function call(): Promise<number> {
    const from = performance.now()
    const answer = await get(`${url}?bytes=100`)
    await answer.toArray()
    return answer.statusCode === 200 ? performance.now() - from : Infinity
  }

  /** Calls four times a second until told to stop. */
  async function callsUntil(over: () => boolean): Promise<number[]> {
    const times: number[] = []
    while (!over()) {
      times.push(await call())
      await new Promise((wake) => setTimeout(wake, 250))
    }
    return times.toSorted((a, b) => a - b)
  }

  test.each([
    ['length bytes that never end, before noise, on 64 sockets', 'endlessVarint'],
    ['a thousand sockets that say nothing', 'halfOpen'],
    ['streams opened as fast as they open, half a frame in each', 'streams'],
    ['identify answers of 8 MiB and pushes of 40,000 addresses', 'identify'],
    ['circuits of relays where it has no place', 'relay'],
    ['100,000 records put into its part of the address book', 'puts'],
  ])('%s: a contact’s calls are answered within a second throughout, and nothing of it stays', async (_, kind) => {
    const before = stat()
    const fromMs = Date.now()
    const quiet = (
      await callsUntil(
        (
          (left) => () =>
            left-- === 0
        )(8),
      )
    ).at(-1)
    const attacker = spawn(
      process.execPath,
      [
        ...sourceFlags,
        fileURLToPath(new URL('attacker-main.ts', import.meta.url)),
        kind,
        address,
        String(kind === 'puts' ? putsMs : attackMs),
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    )
    let said = ''
    attacker.stdout.on('data', (text: Buffer) => (said += text.toString()))
    const ended = once(attacker, 'close')
    let over = false
    void ended.then(() => (over = true))
    let during = before
    const watch = setInterval(() => {
      const now = stat()
      if (now.rssMB > during.rssMB) during = now
    }, 500)
    const times = await callsUntil(() => over)
    clearInterval(watch)
    const after = stat()
    const cpu = ((after.cpuSeconds - before.cpuSeconds) / ((Date.now() - fromMs) / 1000)).toFixed(2)
    console.log(
      `${kind}: ${times.length} calls, p50 ${times[times.length >> 1]?.toFixed(0)} ms, most ${times.at(-1)?.toFixed(0)} ms (quiet: most ${quiet?.toFixed(0)}); ` +
        `CPU ${cpu} of a core; RSS ${before.rssMB} MB before, ${during.rssMB} at most, ${after.rssMB} after; ` +
        `files ${before.openFiles} → ${after.openFiles}; disk ${before.diskMB} → ${after.diskMB} MB; attacker: ${said.trim()}`,
    )
    expect(Object.values(JSON.parse(said) as Record<string, number>).some((done) => done > 0)).toBe(true)
    // Ten connections count together, so that the last of them may each put one more.
    if (kind === 'puts') expect((JSON.parse(said) as { puts: number }).puts).toBeGreaterThanOrEqual(100_000)
    expect(times.length).toBeGreaterThan(10)
    expect(times.at(-1)).toBeLessThan(mostMs)
    expect(after.diskMB).toBeLessThan(before.diskMB + 2)
    expect(during.rssMB).toBeLessThan(before.rssMB + 150)
    await expect.poll(() => stat().openFiles, { timeout: 40_000, interval: 500 }).toBeLessThanOrEqual(before.openFiles + 2)
  })

  test('the record counts none of it, and still verifies', async () => {
    expect(await ben.cli('log', '--verify')).toMatchObject({ ok: true })
  })
})
