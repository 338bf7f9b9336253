import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createNode } from '@porchlight/node'
import { expect, test } from 'vitest'
import { joinDevice } from './join-device.ts'

test('joining sets the household that was here aside, and leaves the settings of this machine', { timeout: 60_000 }, async () => {
  const dir = await mkdtemp(join(tmpdir(), 'porchlight-join-device-'))
  await using first = await createNode({ dir: join(dir, 'first'), name: 'first', listen: ['/ip4/127.0.0.1/tcp/0'], mdns: false })
  const words = (await first.takeRecoveryWords())!.words.join(' ')
  const { link } = await first.inviteDevice({ words })
  const home = join(dir, 'home')
  await mkdir(home, { mode: 0o700 })
  await writeFile(join(home, 'config.yaml'), 'mdns: false\n', { mode: 0o600 })
  await (await createNode({ dir: home, listen: [], mdns: false }))[Symbol.asyncDispose]()
  const said: string[] = []
  const terminal = { environment: {}, say: (line: string) => void said.push(line), nowMs: Date.now } as never
  const joined = await joinDevice({ link, flags: { home }, terminal })
  expect(joined).toMatchObject({ household: first.household, synced: true })
  expect(joined.setAside).not.toBeNull()
  expect(await readFile(join(home, 'config.yaml'), 'utf8')).toBe('mdns: false\n')
  await rm(dir, { recursive: true, force: true })
})
