import { existsSync, linkSync, readFileSync } from 'node:fs'
import { mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { eraseHousehold } from './erase.ts'
import { openStore } from './store.ts'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'porchlight-erase-'))
})
afterEach(async () => {
  await rm(dir, { recursive: true, force: true })
})

it('overwrites the keys before it removes them, removes what is ours, and leaves the rest and what links lead to', async () => {
  const home = join(dir, 'home')
  const store = await openStore({ dir: home })
  await store.keystore.write('device-key', new Uint8Array(32).fill(7))
  await store.close()
  // Another name of the same bytes on the disk shows what became of them.
  linkSync(join(home, 'keys/device-key'), join(dir, 'same-bytes'))
  await writeFile(join(dir, 'elsewhere'), 'theirs')
  await symlink(join(dir, 'elsewhere'), join(home, 'keys/link'))
  await writeFile(join(home, 'photos.tar'), 'an app put it here')
  expect(await eraseHousehold(home)).toEqual(['photos.tar'])
  expect(await readdir(home)).toEqual(['photos.tar'])
  expect(readFileSync(join(dir, 'same-bytes'))).not.toEqual(Buffer.alloc(32, 7))
  expect(readFileSync(join(dir, 'elsewhere'), 'utf8')).toBe('theirs')
  await rm(join(home, 'photos.tar'))
  expect(await eraseHousehold(home)).toEqual([])
  expect(existsSync(home)).toBe(false)
})
