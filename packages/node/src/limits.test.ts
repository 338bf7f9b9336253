import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { limits, type Limits } from '@porchlight/core'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createNode } from './create-node.ts'
import type { HouseholdNode } from './household-node.ts'
import { echo, echoManifest } from './testing/echo.ts'

const block = new Uint8Array(limits.dataChunkBytes)

describe('limits between two nodes on loopback', () => {
  let dir: string
  let ben: HouseholdNode
  let ana: HouseholdNode
  const open = (name: string): Promise<HouseholdNode> =>
    createNode({ dir: join(dir, name), name, listen: ['/ip4/127.0.0.1/tcp/0'], mdns: false })

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'porchlight-limits-'))
    ;[ben, ana] = await Promise.all([open('ben'), open('ana')])
    const invite = await ben.createInvite({ petname: 'ana' })
    await ana.acceptInvite(invite.link, { petname: 'ben' })
  })
  afterEach(async () => {
    await Promise.all([ben[Symbol.asyncDispose](), ana[Symbol.asyncDispose]()])
    await rm(dir, { recursive: true, force: true })
  })

  /** Ben serves an endless flow and gives Ana a limited grant for it. */
  async function agree(max: Limits): Promise<void> {
    const say = async (): Promise<undefined> => undefined
    ben.serve({
      definition: echo,
      manifest: echoManifest,
      handlers: {
        say,
        follow: async (call): Promise<undefined> => {
          while (!call.signal.aborted) await call.send(block)
        },
      },
    })
    const input = { to: 'ana', protocol: echo.id, location: 'hall', scopes: ['read'], expMs: Date.now() + 86_400_000, limits: max }
    const card = ben.prepareOffer(input)
    expect(card.lines.find(({ key }) => key === 'limits:read')).toMatchObject({ mark: 'enforced' })
    const grant = await ben.offer({ ...input, shown: card.hash })
    const offer = await vi.waitFor(() => ana.asks().find(({ id }) => id === grant.id) ?? expect.unreachable())
    expect(offer.card.lines.find(({ key }) => key === 'limits:read')?.text).toBe(card.lines.find(({ key }) => key === 'limits:read')?.text)
    await ana.approve(offer.id, { shown: offer.card.hash })
    await vi.waitFor(() => expect(ben.grants()[0]?.state).toBe('ACTIVE'))
  }

  const call = (method = 'follow') => ana.link.call(ben.household, { protocol: echo.id, method, location: 'hall', deadlineMs: 0 })

  /** Payload bytes that one flow delivered before it was ended. */
  async function delivered(): Promise<number> {
    let bytes = 0
    try {
      for await (const message of (await call()).messages) bytes += message.byteLength
    } catch {
      // Ended by the other side, as it has to.
    }
    return bytes
  }

  test('two flows at once deliver together what the limit says, to the last whole message, and no more', async () => {
    const bytesTotal = 100 * block.byteLength + 5
    await agree({ bytesTotal })
    const got = await Promise.all([delivered(), delivered(), delivered()])
    const sum = got.reduce((one, other) => one + other, 0)
    expect(sum).toBeLessThanOrEqual(bytesTotal)
    expect(sum).toBeGreaterThan(0)
    await vi.waitFor(() => expect(ben.grants()[0]).toMatchObject({ state: 'SUSPENDED', limits: [{ usedBytes: bytesTotal }] }))
    expect(await delivered()).toBe(0)
    expect(ana.grants()[0]?.limits).toMatchObject([{ max: { bytesTotal }, usedBytes: null, text: expect.stringContaining('in all') }])
  })

  test('a holder over its calls at once is told to come back, and may when one is over', async () => {
    await agree({ streams: 1 })
    const first = await call()
    await first.messages[Symbol.asyncIterator]().next()
    await expect((await call()).result()).rejects.toMatchObject({ code: 'BUSY' })
    first.abort()
    await vi.waitFor(async () => expect(await (await call('say')).result()).toEqual(new Uint8Array()))
  })
})
