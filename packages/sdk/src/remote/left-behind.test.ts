import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { AppServer } from './app-server.ts'
import { dirPrefix, removeLeftBehind, socketName } from './left-behind.ts'

let place: string
const opened: (Server | ChildProcess)[] = []
beforeEach(() => (place = mkdtempSync(join(tmpdir(), 'left-'))))
afterEach(() => {
  for (const each of opened.splice(0))
    if ('kill' in each) each.kill('SIGKILL')
    else each.close()
  vi.unstubAllEnvs()
  rmSync(place, { recursive: true, force: true })
})

/** A process that listens in a directory named as one of its own would be, and says so. */
async function appIn(dir: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, [
    '-e',
    'require("node:net").createServer().listen(process.argv[1], () => console.log("up"))',
    join(dir, socketName),
  ])
  opened.push(child)
  await once(child.stdout, 'data')
  return child
}

/** The directory of an app that listened there and was killed. @param letters  six */
async function crashed(letters = 'aBc123'): Promise<string> {
  const dead = spawn(process.execPath, ['-e', ''])
  await once(dead, 'exit')
  const dir = join(place, `${dirPrefix(dead.pid!)}${letters}`)
  mkdirSync(dir, { mode: 0o700 })
  const app = await appIn(dir)
  app.kill('SIGKILL')
  await once(app, 'exit')
  expect(existsSync(join(dir, socketName))).toBe(true)
  return dir
}

test('what an app left that was killed goes when the next one begins to serve', async () => {
  const dir = await crashed()
  vi.stubEnv('TMPDIR', place)
  await using app = await AppServer.open('socket')
  expect((app.target as { socket: string }).socket).toContain(join(place, dirPrefix(process.pid)))
  expect(existsSync(dir)).toBe(false)
})

test('an app that runs keeps its directory, also one of another container whose process has no number here', async () => {
  const living = join(place, `${dirPrefix(process.pid)}aBc123`)
  mkdirSync(living)
  const elsewhere = await crashed()
  rmSync(join(elsewhere, socketName))
  const server = createServer().listen(join(elsewhere, socketName))
  opened.push(server)
  await once(server, 'listening')
  const beginning = join(place, `${dirPrefix(999_999_999)}zZz999`)
  mkdirSync(beginning)
  await removeLeftBehind(place)
  expect([living, elsewhere, beginning].map(existsSync)).toEqual([true, true, true])
})

test('nothing else in the directory for temporary files is touched', async () => {
  const dir = await crashed()
  const outside = join(place, 'outside')
  mkdirSync(outside)
  writeFileSync(join(outside, 'kept'), '')
  const link = join(place, `${dirPrefix(999_999_999)}lInk00`)
  symlinkSync(outside, link)
  const others = [join(place, 'porchlight-app-aBc123'), join(place, `${dirPrefix(999_999_999)}longer-name`)]
  for (const each of others) mkdirSync(each)
  if (process.getuid?.() === 0) {
    const foreign = await crashed('fOrei9')
    chownSync(foreign, 65_534, 65_534)
    others.push(foreign)
  }
  await removeLeftBehind(place)
  expect([link, join(outside, 'kept'), ...others].map(existsSync)).not.toContain(false)
  expect(existsSync(dir)).toBe(false)
  await removeLeftBehind(join(place, 'nowhere'))
})
