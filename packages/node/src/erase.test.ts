import { existsSync } from 'node:fs'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createNode } from './create-node.ts'
import { describeHousehold, eraseHousehold } from './erase.ts'

test('where no household is, none is made by looking; and one whose keys are gone already can still be erased', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'porchlight-erase-'))
  await writeFile(join(dir, 'mine.txt'), 'mine')
  await expect(describeHousehold(dir)).rejects.toMatchObject({ code: 'SETTING_INVALID', reason: 'no-household' })
  await expect(describeHousehold(join(dir, 'nothing'))).rejects.toMatchObject({ reason: 'no-household' })
  expect(await readdir(dir)).toEqual(['mine.txt'])
  const home = join(dir, 'home')
  await (await createNode({ dir: home, name: 'gone soon', listen: [], mdns: false }))[Symbol.asyncDispose]()
  await rm(join(home, 'keys'), { recursive: true })
  expect(await describeHousehold(home)).toMatchObject({ name: 'gone soon', given: 0 })
  expect(await eraseHousehold(home)).toEqual([])
  expect(existsSync(home)).toBe(false)
  await rm(dir, { recursive: true, force: true })
})
