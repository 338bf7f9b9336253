import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { FakeHousehold } from '../testing/fake-household.ts'

let house: FakeHousehold
let dir: string
let file: string
const words = Array.from({ length: 24 }, (_, at) => `word${at}`).join(' ')
beforeEach(async () => {
  house = await FakeHousehold.start()
  dir = mkdtempSync(join(tmpdir(), 'porchlight-words-'))
  file = join(dir, 'words')
  writeFileSync(file, `${words}\n`)
})
afterEach(async () => {
  await house[Symbol.asyncDispose]()
  rmSync(dir, { recursive: true })
})
const typing = { confirms: true, writes: () => `  ${words} ` }

test('devices shows which one this is, what each may do, and the end of its id', async () => {
  const { out, code } = await house.cli('devices')
  expect(code).toBe(0)
  expect(out).toMatch(/AAAAAAAA {2}in force {2}serve, grant, revoke, govern {2}no end {2}this one/)
  expect(out).toMatch(/BBBBBBBB {2}in force/)
})

test('a device is suspended without the words, and only after a yes', async () => {
  expect((await house.cliWith({ confirms: false }, 'device', 'suspend', 'BBBBBB')).out).toContain('Nothing was changed')
  expect((await house.cliWith({ confirms: true }, 'device', 'suspend', 'BBBBBB')).out).toMatch(/BBBBBBBB {2}SUSPENDED/)
  expect(house.node.words).toEqual([])
})

test('a device is removed with the words, which are typed or come from a file and are shown nowhere', async () => {
  const typed = await house.cliWith(typing, 'device', 'remove', 'BBBBBB')
  expect(typed.out).not.toContain('BBBBBBBB')
  const fromFile = await house.cli('household', 'rotate', '--words-file', file, '--yes')
  expect(fromFile.code).toBe(0)
  expect(house.node.words).toEqual([words, words])
  for (const run of [typed, fromFile]) expect(`${run.out}${run.said}`).not.toContain('word3')
  expect(house.log.join()).not.toContain('word3')
})

test('rotating may leave devices out', async () => {
  const { json } = await house.cli('household', 'rotate', '--without', 'BBBBBB', '--words-file', file, '--yes', '--json')
  expect(json().data).toHaveLength(1)
})

test.each([
  [['device', 'remove', 'BBBBBB', '--yes'], 'usage', 64],
  [['device', 'remove', 'BBBBBB', '--yes', '--words-file', '/nowhere'], 'usage', 64],
  [['device', 'suspend', 'BBBBBB'], 'usage', 64],
  [['device', 'suspend', 'nobody', '--yes'], 'unknown-device', 1],
])('%j is refused with %s', async (argv, reason, code) => {
  const run = await house.cli(...argv, '--json')
  expect([run.json().error.reason, run.code]).toEqual([reason, code])
})
