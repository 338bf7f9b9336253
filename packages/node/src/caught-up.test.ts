import { cp, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { client } from '@porchlight/sdk'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createNode, joinHousehold, type HouseholdNode } from './index.ts'
import { echo, echoing, echoManifest } from './testing/echo.ts'

const day = 86_400_000
const until = <T>(look: () => T): Promise<T> => vi.waitFor(look, { timeout: 20_000 })
const close = (node: HouseholdNode): PromiseLike<void> => node[Symbol.asyncDispose]()

describe('a device whose files are an older copy, in a household of two', { timeout: 90_000 }, () => {
  let dir: string
  let desktop: HouseholdNode
  let laptop: HouseholdNode
  let ana: HouseholdNode
  const at = (name: string): string => join(dir, name)
  const open = async (name: string): Promise<HouseholdNode> => {
    const node = await createNode({ dir: at(name), name, listen: ['/ip4/127.0.0.1/tcp/0'], mdns: false })
    node.serve({ definition: echo, manifest: echoManifest, handlers: echoing() })
    return node
  }

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'porchlight-caught-up-'))
    ;[desktop, ana] = await Promise.all([open('desktop'), open('ana')])
    const words = (await desktop.takeRecoveryWords())!.words.join(' ')
    await ana.acceptInvite((await desktop.createInvite({ petname: 'ana' })).link, { petname: 'ben' })
    await joinHousehold({ dir: at('laptop'), link: (await desktop.inviteDevice({ words })).link })
    laptop = await open('laptop')
    await laptop.synced()
  }, 30_000)
  afterEach(async () => {
    await Promise.all([desktop, laptop, ana].map(close))
    await rm(dir, { recursive: true, force: true })
  })

  const stateAt = (node: HouseholdNode, id: string): string | undefined => node.grants().find((grant) => grant.id === id)?.state
  const isServed = (location: string): Promise<boolean> =>
    client(ana.link, desktop.household, echo, { location })
      .say({ text: 'x' })
      .then(
        () => true,
        () => false,
      )
  async function agree(location: string): Promise<string> {
    const input = { to: 'ana', protocol: echo.id, location, scopes: ['read'], expMs: Date.now() + 30 * day }
    const { id } = await desktop.offer({ ...input, shown: desktop.prepareOffer(input).hash })
    const offer = await until(() => ana.asks().find((each) => each.id === id) ?? expect.unreachable('no offer yet'))
    await ana.approve(offer.id, { shown: offer.card.hash })
    await until(() => expect([stateAt(desktop, id), stateAt(laptop, id)]).toEqual(['ACTIVE', 'ACTIVE']))
    return id
  }

  /** The desktop's files are copied, then `after` happens, and the copy is put in the place of the files. */
  async function putBack(after: () => Promise<void>, what: 'everything' | 'db' = 'everything'): Promise<void> {
    await close(desktop)
    await cp(at('desktop'), at('copy'), { recursive: true })
    desktop = await open('desktop')
    await after()
    await close(desktop)
    for (const name of what === 'db' ? ['db'] : await readdir(at('copy'))) {
      await rm(join(at('desktop'), name), { recursive: true, force: true })
      await cp(join(at('copy'), name), join(at('desktop'), name), { recursive: true })
    }
  }

  test('serves again without a person once the laptop has told everything, and what was stopped stays stopped', async () => {
    const [photos, music] = [await agree('photos'), await agree('music')]
    let films = ''
    await putBack(async () => {
      await desktop.revoke(photos)
      films = await agree('films')
      await until(() => expect(stateAt(laptop, photos)).toBe('REVOKED'))
    })
    // Only the laptop can tell: Ana says nothing of what she holds.
    await close(ana)
    const halts: string[][] = []
    desktop = await open('desktop')
    desktop.on((event) => event.type === 'halts.changed' && halts.push([...event.causes]))
    await until(() => expect([photos, music, films].map((id) => stateAt(desktop, id))).toEqual(['REVOKED', 'ACTIVE', 'ACTIVE']))
    await until(() => expect(halts).toEqual([['rollback'], []]))
    expect(desktop.status()).toMatchObject({ halts: [], alarms: [], newerAt: [] })
    const said = (await desktop.log({ limit: 1000 })).filter(({ kind }) => kind === 'halt' || kind === 'unhalt')
    expect(said.map(({ kind, detail }) => [kind, detail?.['cause']])).toEqual([
      ['halt', 'rollback'],
      ['unhalt', 'rollback'],
    ])
    expect(await desktop.verifyLog()).toMatchObject({ ok: true })
    ana = await open('ana')
    await close(laptop)
    await vi.waitFor(async () => expect(await isServed('music')).toBe(true), { timeout: 20_000 })
    expect(await isServed('films')).toBe(true)
    expect(await isServed('photos')).toBe(false)
    expect(desktop.status().halts).toEqual([])
    laptop = await open('laptop')
    await laptop.synced()
    await close(desktop)
    desktop = await open('desktop')
    await desktop.synced()
    expect(desktop.status().halts).toEqual([])
  })

  test('stays held when the laptop was away for the end of what was lost', async () => {
    const [photos, music] = [await agree('photos'), await agree('music')]
    await putBack(async () => {
      await desktop.revoke(photos)
      await until(() => expect(stateAt(laptop, photos)).toBe('REVOKED'))
      await close(laptop)
      await close(ana)
      await desktop.revoke(music)
    }, 'db')
    desktop = await open('desktop')
    laptop = await open('laptop')
    await until(() => expect(stateAt(desktop, photos)).toBe('REVOKED'))
    await Promise.all([desktop.synced(), laptop.synced()])
    expect(desktop.status().halts).toEqual(['rollback'])
    expect(stateAt(desktop, music)).toBe('SUSPENDED')
    ana = await open('ana')
  })
})
