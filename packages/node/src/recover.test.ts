import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { client } from '@porchlight/sdk'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createNode, recoverHousehold, type HouseholdNode } from './index.ts'
import { echo, echoing, echoManifest } from './testing/echo.ts'

describe('a household whose only machine is lost, without a backup', { timeout: 60_000 }, () => {
  let dir: string
  let ben: HouseholdNode
  let ana: HouseholdNode
  let words: string
  const at = (name: string): string => join(dir, name)
  const open = async (name: string): Promise<HouseholdNode> => {
    const node = await createNode({ dir: at(name), name, listen: ['/ip4/127.0.0.1/tcp/0'], mdns: false })
    node.serve({ definition: echo, manifest: echoManifest, handlers: echoing() })
    return node
  }
  async function exportOf(node: HouseholdNode, name: string): Promise<void> {
    await mkdir(at(name))
    for await (const { path, text } of node.record.export())
      if (!path.includes('/')) await writeFile(join(at(name), path), text, { flag: 'a' })
  }

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'porchlight-recover-'))
    ;[ben, ana] = await Promise.all([open('ben'), open('ana')])
    words = (await ben.takeRecoveryWords())!.words.join(' ')
    await ana.acceptInvite((await ben.createInvite({ petname: 'ana' })).link, { petname: 'ben' })
    await Promise.all([exportOf(ben, 'of-ben'), exportOf(ana, 'of-ana')])
    await ben[Symbol.asyncDispose]()
  })
  afterEach(async () => {
    await ana[Symbol.asyncDispose]()
    await rm(dir, { recursive: true, force: true })
  })

  test('comes back on a new device from its words and an old export, and its contacts take the new device for it', async () => {
    const documents = join(at('of-ben'), 'household.json')
    const recovered = await recoverHousehold({ dir: at('new'), words, documents, nowMs: Date.now })
    expect(recovered).toMatchObject({ household: ben.household, contacts: ['ana'] })
    expect(recovered.device).not.toBe(ben.device)
    const again = await open('new')
    try {
      expect(again.devices().map(({ device }) => device)).toEqual([recovered.device])
      await vi.waitFor(() => expect(ana.contact('ben').connected).toBe(true), { timeout: 20_000 })
      const input = { to: 'ana', protocol: echo.id, location: 'hall', scopes: ['read'], expMs: Date.now() + 86_400_000 }
      const { id } = await again.offer({ ...input, shown: again.prepareOffer(input).hash })
      const offer = await vi.waitFor(() => ana.asks().find((each) => each.id === id) ?? expect.unreachable('no offer yet'))
      await ana.approve(id, { shown: offer.card.hash })
      await vi.waitFor(async () =>
        expect(await client(ana.link, again.household, echo, { location: 'hall' }).say({ text: 'x' })).toEqual({ text: 'x!' }),
      )
      expect((await again.takeRecoveryWords())?.words).toBeUndefined()
    } finally {
      await again[Symbol.asyncDispose]()
    }
  })

  test('comes back from what a contact exports, and not with the words of another household', async () => {
    const documents = join(at('of-ana'), 'contacts.json')
    const wrong = (await ana.takeRecoveryWords())!.words.join(' ')
    const nowMs = Date.now
    for (const [each, reason] of [
      [{ words: wrong, documents }, 'words-wrong'],
      [{ words: 'twelve words', documents }, 'words-wrong'],
      [{ words, documents: join(at('of-ana'), 'household.json') }, 'words-wrong'],
      [{ words, documents: at('nowhere') }, 'file'],
    ] as const)
      await expect(recoverHousehold({ dir: at('new'), nowMs, ...each })).rejects.toMatchObject({ code: 'SETTING_INVALID', reason })
    expect(await readdir(dir)).not.toContain('new')
    expect(await recoverHousehold({ dir: at('new'), words, documents, nowMs })).toMatchObject({ household: ben.household, contacts: [] })
    await expect(recoverHousehold({ dir: at('new'), words, documents, nowMs })).rejects.toMatchObject({ reason: 'not-empty' })
  })
})
