import { lstatSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { limits } from '@porchlight/core'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { putFile, readFolder } from './folder.ts'

let dir: string
let elsewhere: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'porchlight-kit-'))
  elsewhere = mkdtempSync(join(tmpdir(), 'porchlight-else-'))
  writeFileSync(join(elsewhere, 'private.json'), '{"mine":1}')
})
afterEach(() => {
  for (const each of [dir, elsewhere]) rmSync(each, { recursive: true })
})

it('a folder whose files or vectors are links to other places has none of them', () => {
  symlinkSync(elsewhere, join(dir, 'vectors'))
  symlinkSync(join(elsewhere, 'private.json'), join(dir, 'protocol.json'))
  expect([...readFolder(dir)]).toEqual([])
})

it('a file beyond the limit is refused before a byte of it is read', () => {
  writeFileSync(join(dir, 'SPEC.md'), '')
  truncateSync(join(dir, 'SPEC.md'), 8 * 2 ** 30)
  expect(() => readFolder(dir)).toThrow(`of ${8 * 2 ** 30} bytes, limit ${limits.protocolFileBytes}`)
})

it('more files than a protocol has are refused', () => {
  mkdirSync(join(dir, 'vectors'))
  for (let n = 0; n <= limits.protocolFiles; n++) writeFileSync(join(dir, 'vectors', `${n}.json`), '{}')
  expect(() => readFolder(dir)).toThrow(`limit ${limits.protocolFiles}`)
})

it('writing replaces a link, and not what it points at', () => {
  const page = join(dir, 'page.html')
  symlinkSync(join(elsewhere, 'private.json'), page)
  putFile(page, 'page')
  expect([readFileSync(page, 'utf8'), lstatSync(page).isSymbolicLink()]).toEqual(['page', false])
  expect(readFileSync(join(elsewhere, 'private.json'), 'utf8')).toBe('{"mine":1}')
})
