import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execFileSync } from 'node:child_process'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openPageFile, pageFolder } from './page-folder.ts'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'porchlight-pages-'))
  for (const folder of ['page/sub', 'page-of-another', 'home/keys']) mkdirSync(join(dir, folder), { recursive: true })
  for (const file of ['page/index.html', 'page/sub/index.html', 'page/a b.txt', 'page/.env', 'page-of-another/secret', 'home/keys/token'])
    writeFileSync(join(dir, file), file)
  symlinkSync(join(dir, 'home/keys/token'), join(dir, 'page/token'))
  symlinkSync('../page-of-another', join(dir, 'page/other'))
  symlinkSync('a b.txt', join(dir, 'page/alias.txt'))
  execFileSync('mkfifo', [join(dir, 'page/pipe')])
})
afterEach(() => rmSync(dir, { recursive: true }))

/** What an address gives. */
async function read(path: string): Promise<string | undefined> {
  const file = await openPageFile(pageFolder(join(dir, 'page'), join(dir, 'home')), path)
  const text = await file?.handle.readFile('utf8')
  await file?.handle.close()
  return text === undefined ? undefined : `${text} as ${file?.name}, ${file?.bytes}`
}

test.each([
  ['/', 'page/index.html as index.html, 15'],
  ['/index.html', 'page/index.html as index.html, 15'],
  ['/sub/', 'page/sub/index.html as sub/index.html, 19'],
  ['/a%20b.txt', 'page/a b.txt as a b.txt, 12'],
  ['//sub//index.html', 'page/sub/index.html as sub/index.html, 19'],
  ['/alias.txt', 'page/a b.txt as a b.txt, 12'],
])('%s is a file of the page', async (path, said) => expect(await read(path)).toBe(said))

test.each([
  '/sub',
  '/nowhere',
  '/index.html/more',
  '/.env',
  '/../home/keys/token',
  '/%2e%2e/home/keys/token',
  '/..%2fhome%2fkeys%2ftoken',
  '/sub/..%5c..%5chome',
  '/%00',
  '/%',
  '/token',
  '/other/secret',
  '/pipe',
  `/${'x'.repeat(300)}`,
])('%s is no file of the page', async (path) => expect(await read(path)).toBe(undefined))

test.each([
  ['a relative path', () => 'page'],
  ['nothing', () => join(dir, 'nowhere')],
  ['a file', () => join(dir, 'page/index.html')],
  ["the household's directory", () => join(dir, 'home')],
  ['what is in it', () => join(dir, 'home/keys')],
  ['what it is in', () => dir],
  ['a link to any of them', () => (symlinkSync('home', join(dir, 'link')), join(dir, 'link'))],
])('%s is no folder of a page', (_name, path) => expect(() => pageFolder(path(), join(dir, 'home'))).toThrow(/page|folder|path|read/))

test('a folder beside it with a longer name is another one', () => {
  expect(pageFolder(join(dir, 'page'), join(dir, 'page-of-another'))).toMatch(/page$/)
})
