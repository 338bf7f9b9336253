import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startBulkApp } from '../harness/bulk-app.ts'
import { get, openSocket } from '../harness/guest-http.ts'
import { Home, pair, shareAndAccept, shareAndAcceptQuickly, waitFor } from '../harness/home.ts'

const GiB = 2 ** 30
const runs = 100
const kills = 25

describe('stopping a share that is in use', () => {
  let ben: Home
  let ana: Home
  let app: Awaited<ReturnType<typeof startBulkApp>>
  const target = (): string => `http://127.0.0.1:${app.port}`

  beforeAll(async () => {
    app = await startBulkApp()
    ben = await Home.start('ben')
    ana = await Home.start('ana')
    await pair(ben, ana)
  })
  afterAll(async () => {
    await ana?.[Symbol.asyncDispose]()
    await ben?.[Symbol.asyncDispose]()
    await app?.[Symbol.asyncDispose]()
  })

  test('a revocation ends a running 1 GiB download and an open WebSocket, and leaves the other grant alone', async () => {
    const photos = await shareAndAccept(ben, ana, target(), 'photos')
    const music = await shareAndAccept(ben, ana, target(), 'music')
    const download = await flowing(await get(`${photos.url}?bytes=${GiB}`))
    const socket = await openSocket(photos.url)
    const other = await openSocket(music.url)
    const [downloadEnd, socketEnd] = [endOf(download), once(socket, 'close')]
    expect((await ben.cli('sessions')).filter((session: { location: string }) => session.location === 'photos')).toHaveLength(1)

    await ben.cli('revoke', photos.grant)
    expect(await downloadEnd).toBe('broken off')
    await socketEnd

    other.send('still here')
    expect(String((await once(other, 'message'))[0])).toBe('still here')
    other.close()
    expect((await get(photos.url)).statusCode).toBe(403)
  })

  test('both sides hold the signed record, and both logs verify', async () => {
    const { id, revocation } = (await ben.cli('grants')).find((grant: { location: string }) => grant.location === 'photos')
    const atAna = await waitFor('the record at the friend', async () =>
      (await ana.cli('grants')).find((grant: { id: string; revocation: string | null }) => grant.id === id && grant.revocation !== null),
    )
    expect(atAna.revocation).toBe(revocation)
    expect(atAna.receipt).toBe(true)
    expect((await ben.cli('log', '--verify')).ok).toBe(true)
    expect((await ana.cli('log', '--verify')).ok).toBe(true)
  })

  /** Milliseconds from asking for the revocation to the end of a running download at the friend, sorted. */
  async function revokeToDeadMs(what: string, rate: string): Promise<number[]> {
    const { url, grant: first } = await shareAndAccept(ben, ana, target(), what)
    await ben.json('POST', `/v1/grants/${first}/revoke`)
    const took: number[] = []
    for (let n = 0; n < runs; n++) {
      const grant = await shareAndAcceptQuickly(ben, ana, target(), what)
      const download = await flowing(await get(`${url}?bytes=${GiB}${rate}`))
      const dead = endOf(download).then(() => performance.now())
      const askedAt = performance.now()
      await ben.json('POST', `/v1/grants/${grant}/revoke`)
      took.push((await dead) - askedAt)
    }
    return took.toSorted((a, b) => a - b)
  }
  const at = (sorted: readonly number[], share: number): number => Math.round(sorted[Math.ceil(sorted.length * share) - 1] ?? 0)
  const told = (ms: readonly number[]): string => `p50 ${at(ms, 0.5)}, p90 ${at(ms, 0.9)}, p99 ${at(ms, 0.99)}, max ${at(ms, 1)}`

  /**
   * The figure is one of milliseconds on a machine that others share: a batch that a neighbour disturbed is told and measured again, at most
   * twice. Code that is slow is slow in all three.
   */
  async function within100Ms(what: string, described: string, rate: string): Promise<void> {
    for (let batch = 1; ; batch++) {
      const ms = await revokeToDeadMs(`${what}${batch}`, rate)
      console.log(`revoke to dead at the friend, ${runs} runs, ${described}, ms: ${told(ms)} (batch ${batch})`)
      if (at(ms, 0.99) < 100) return
      if (batch === 3) expect(at(ms, 0.99)).toBeLessThan(100)
    }
  }

  test(`the friend's download of 240 Mbit/s is dead within 100 ms of "revoke" in 99 of ${runs} runs`, async () => {
    await within100Ms('line', 'download at 30 MB/s', '&rate=30000000')
  })

  test(`so is one that keeps every core of this machine busy`, async () => {
    await within100Ms('busy', 'download as fast as two cores go', '')
  })

  test(`an acknowledged revocation survives kill -9 straight after it, ${kills} times`, async () => {
    const { url, grant: first } = await shareAndAccept(ben, ana, target(), 'kill')
    await ben.json('POST', `/v1/grants/${first}/revoke`)
    for (let n = 0; n < kills; n++) {
      const grantId = await shareAndAcceptQuickly(ben, ana, target(), 'kill')
      await ben.json('POST', `/v1/grants/${grantId}/revoke`)
      await ben.endDaemon('SIGKILL')
      await ben.startDaemon()
      const grant = (await ben.cli('grants')).find((each: { id: string }) => each.id === grantId)
      expect(grant.state).toBe('REVOKED')
      expect((await ben.cli('log', '--verify')).ok).toBe(true)
      const status = await waitFor(
        'the gateway to reach ben again',
        async () => {
          const answer = await get(url)
          answer.resume()
          return answer.statusCode === 502 ? false : answer.statusCode
        },
        15_000,
      )
      expect(status).toBe(403)
    }
  })
})

/** Resolves once a good part of the body has come. */
async function flowing(response: IncomingMessage): Promise<IncomingMessage> {
  let bytes = 0
  await new Promise<void>((resolve, reject) => {
    response.on('error', reject)
    response.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes > 4 << 20) resolve()
    })
  })
  return response
}

/** How a response ends: whole, or broken off. */
async function endOf(response: IncomingMessage): Promise<'whole' | 'broken off'> {
  return new Promise((resolve) => {
    response.once('error', () => resolve('broken off'))
    response.once('close', () => resolve(response.complete ? 'whole' : 'broken off'))
  })
}
