import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createNode } from './create-node.ts'
import { joinHousehold } from './join-household.ts'

const quiet = { listen: [], mdns: false } as const

test('a household that nobody used yet stays where it is until another one let this machine in', { timeout: 60_000 }, async () => {
  const dir = await mkdtemp(join(tmpdir(), 'porchlight-join-'))
  await using first = await createNode({ dir: join(dir, 'first'), name: 'first', listen: ['/ip4/127.0.0.1/tcp/0'], mdns: false })
  const taken = (await first.takeRecoveryWords())!
  const words = taken.words.join(' ')
  const stale = (await first.inviteDevice({ words })).link
  const { link } = await first.inviteDevice({ words })
  const home = join(dir, 'home')
  const before = await createNode({ dir: home, ...quiet })
  await before[Symbol.asyncDispose]()

  await expect(joinHousehold({ dir: home, link: stale })).rejects.toMatchObject({ code: 'DENIED', reason: 'device-invite' })
  expect((await readdir(dir)).toSorted()).toEqual(['first', 'home'])
  const after = await createNode({ dir: home, ...quiet })
  expect(after.household).toBe(before.household)
  await after[Symbol.asyncDispose]()

  const joined = await joinHousehold({ dir: home, link })
  expect(joined).toMatchObject({ household: first.household, setAside: expect.stringContaining('home.before-') as string })
  await using aside = await createNode({ dir: joined.setAside!, ...quiet })
  expect(aside.household).toBe(before.household)
  await rm(dir, { recursive: true, force: true })
})
