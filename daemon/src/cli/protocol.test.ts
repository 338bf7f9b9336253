import { cpSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { limits } from '@porchlight/core'
import { afterEach, beforeEach, expect, test } from 'vitest'

import { runCommand } from '../testing/fake-household.ts'

const share = join(import.meta.dirname, '../../../protocols/share')
const cli = (...argv: string[]) => runCommand(['protocol', ...argv], {})
let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'porchlight-protocol-'))
  cpSync(share, dir, { recursive: true, filter: (path) => !/node_modules|dist|src/.test(path.slice(share.length)) })
})
afterEach(() => rmSync(dir, { recursive: true }))

test('a folder with everything in it passes, and --release writes its text down once', async () => {
  rmSync(join(dir, 'released.json'))
  const checked = await cli('check', dir)
  expect(checked.out).toMatch(/^\/porchlight\/share\/1 is complete: rev 1 in en, de, id b\w{52}\.\nenforced: what, because the gate/)
  expect(checked.code).toBe(0)
  expect((await cli('check', dir, '--release', '--json')).json().data).toMatchObject({ rev: 1, released: true, faults: [] })
  expect(readFileSync(join(dir, 'released.json'), 'utf8')).toBe(readFileSync(join(share, 'released.json'), 'utf8'))
  expect((await cli('check', dir, '--release', '--json')).json().data.released).toBe(false)
})

test('a folder with faults ends with 1, one sentence for each, with file and field, and releases nothing', async () => {
  const file = join(dir, 'manifest.json')
  const manifest = JSON.parse(readFileSync(file, 'utf8'))
  delete manifest.say.risk.de
  writeFileSync(file, JSON.stringify(manifest))
  rmSync(join(dir, 'README.md'))
  rmSync(join(dir, 'released.json'))
  const { code, out } = await cli('check', dir, '--release')
  expect(out).toBe('README.md: The file is missing.\nmanifest.json, say.risk.de: The line "risk" says nothing in de.\n')
  expect(code).toBe(1)
  expect(() => readFileSync(join(dir, 'released.json'))).toThrow('ENOENT')
})

test('what is no folder, too long or no text is refused by its name', async () => {
  expect(await cli('check', join(dir, 'nowhere'))).toMatchObject({ code: 1, said: expect.stringContaining('nowhere is no directory') })
  writeFileSync(join(dir, 'README.md'), Uint8Array.of(0xff))
  expect(await cli('check', dir)).toMatchObject({ code: 1, said: expect.stringContaining('README.md is no UTF-8') })
  truncateSync(join(dir, 'README.md'), limits.protocolFileBytes + 1)
  expect(await cli('check', dir)).toMatchObject({ code: 1, said: expect.stringContaining(`limit ${limits.protocolFileBytes}`) })
})

test('show says in nine lines, in the language asked for, what somebody can do by a door of our own', async () => {
  const german = await cli('show', 'invite', '--lang', 'de')
  expect(german.out).toMatch(/^\/porchlight\/invite\/1: Sich kennenlernen mit einem Link\nWas +Wer einen Link .*\[wird erzwungen\]\nWarum /)
  expect(german.out.trimEnd().split('\n')).toHaveLength(10)
  expect((await cli('show', '/porchlight/invite/1', '--lang', 'fr', '--json')).json().data.lang).toBe('en')
  expect((await cli('show', 'share')).out).toMatch(/Allows +Open “{service}”.*\nNot +Not part of this: Also fill in forms/)
  expect(await cli('show', 'nothing')).toMatchObject({ code: 1, said: expect.stringContaining('no protocol nothing here') })
})

test('without an id every protocol of ours is listed with what it is about', async () => {
  const { out } = await cli()
  expect(out).toContain('/porchlight/gate/1  Knocking at your door\n')
  expect((await cli('show')).out).toBe(out)
})

test('new makes a folder that passes the check, and leaves alone what is there', async () => {
  const made = join(dir, 'doorbell')
  const { code, out } = await cli('new', 'doorbell', made)
  expect(out).toMatch(/^\/example\/doorbell\/1 in .*doorbell:\n {2}README\.md\n/)
  expect(code).toBe(0)
  expect((await cli('check', made, '--json')).json().data).toMatchObject({
    id: '/example/doorbell/1',
    faults: [],
    requirements: 3,
    cases: 5,
  })
  writeFileSync(join(made, 'SPEC.md'), 'mine')
  expect(await cli('new', 'doorbell', made)).toMatchObject({ code: 1, said: expect.stringContaining('is there already') })
  expect(readFileSync(join(made, 'SPEC.md'), 'utf8')).toBe('mine')
  expect(await cli('new', 'Door Bell', join(dir, 'other'))).toMatchObject({ code: 1, said: expect.stringContaining('not a protocol id') })
})

test('a field that changed after --release is a fault', async () => {
  const made = join(dir, 'doorbell')
  await cli('new', 'doorbell', made)
  expect((await cli('check', made, '--release')).code).toBe(0)
  const schema = join(made, 'doorbell.proto')
  writeFileSync(schema, readFileSync(schema, 'utf8').replace('string text = 1', 'string text = 2'))
  const { code, out } = await cli('check', made)
  expect(out).toContain('doorbell.proto, Rung.1: Field 1 (text) was released; without it, the number has to be reserved.\n')
  expect(code).toBe(1)
})

test('docs writes one page with the card in every language, also of a folder with faults', async () => {
  const file = join(dir, 'page.html')
  expect((await cli('docs', dir, '--out', file)).out).toBe(`Written to ${file}.\n`)
  expect(readFileSync(file, 'utf8')).toMatch(/<section class="card" lang="en">[\s\S]*<section class="card" lang="de">/)
  rmSync(join(dir, 'README.md'))
  expect((await cli('docs', dir, '--out', file)).out).toContain('with 1 faults')
  rmSync(join(dir, 'protocol.json'))
  expect(await cli('docs', dir)).toMatchObject({ code: 1, said: expect.stringContaining('holds no protocol') })
})

test('conform names the requirement that an app breaks, and ends with 1', async () => {
  const made = join(dir, 'doorbell')
  await cli('new', 'doorbell', made)
  const seen: (string | undefined)[] = []
  const app = createServer((request, response) => {
    seen.push(request.headers.authorization)
    request.resume().on('end', () => response.end('{"text":"Coming, Ana!"}'))
  })
  await new Promise<void>((resolve) => void app.listen(0, '127.0.0.1', resolve))
  const against = `http://127.0.0.1:${(app.address() as AddressInfo).port}/bell`
  const secret = join(dir, 'secret')
  writeFileSync(secret, 'a secret of the app\n')
  const { code, out } = await cli('conform', made, '--against', against, '--secret-file', secret)
  expect(out).toMatch(/^N1 \(Flow\): broken\n.*input cut after 0 of 14 bytes: expected BAD_REQUEST, got OK\nN2 \(Flow\): broken\n/)
  expect(out).toMatch(/\n\/example\/doorbell\/1 at \S+: 0 passed, 5 failed, 0 not run\n$/)
  expect(code).toBe(1)
  expect(new Set(seen)).toEqual(new Set(['Bearer a secret of the app']))
  app.close()
  for (const wrong of ['ftp://x', 'https://example.org'])
    expect(await cli('conform', made, '--against', wrong)).toMatchObject({
      code: 1,
      said: expect.stringContaining('no contact, no invite link'),
    })
})
