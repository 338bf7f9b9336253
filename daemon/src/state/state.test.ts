import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { lockHome, runningDaemon } from './daemon-lock.ts'
import { prepareHome } from './home.ts'
import { Ports } from './ports.ts'
import { findSocketPath, prepareSocketPath, wantedSocketPath } from './socket-path.ts'

let home: string
let busy: Server[]
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'porchlight-state-'))
  busy = []
})
afterEach(async () => {
  for (const server of busy) await new Promise((resolve) => server.close(resolve))
  rmSync(home, { recursive: true, force: true })
})

async function occupy(port = 0): Promise<number> {
  const server = createServer()
  busy.push(server)
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return (server.address() as { port: number }).port
}

test('a new home directory and what is in it are for this user alone', () => {
  const fresh = join(home, 'a/b')
  prepareHome(fresh)
  for (const path of [fresh, join(fresh, 'keys'), join(fresh, 'run')]) expect(statSync(path).mode & 0o777).toBe(0o700)
})

test('a home directory open to others is refused with the command that mends it, and is left as it is', () => {
  chmodSync(home, 0o755)
  expect(() => prepareHome(home)).toThrow(`is open to others (mode 0755), and it holds keys: run chmod 700 ${home}`)
  expect(statSync(home).mode & 0o777).toBe(0o755)
})

test('keys open to others are refused even when home is not', () => {
  mkdirSync(join(home, 'keys'))
  chmodSync(join(home, 'keys'), 0o750)
  expect(() => prepareHome(home)).toThrow(`chmod 700 ${join(home, 'keys')}`)
})

test('a home that is a file is refused as such', () => {
  const file = join(home, 'file')
  writeFileSync(file, '')
  expect(() => prepareHome(file)).toThrow('is not a directory')
  expect(() => prepareHome(join(file, 'below'))).toThrow('is not a directory')
})

test('a second lock names the pid of the first, and a disposed one is free again', () => {
  prepareHome(home)
  const lock = lockHome(home)
  expect(runningDaemon(home)).toBe(process.pid)
  expect(() => lockHome(home)).toThrow(`process ${process.pid} already runs on ${home}`)
  lock[Symbol.dispose]()
  lockHome(home)[Symbol.dispose]()
  expect(runningDaemon(home)).toBe(undefined)
})

test.each(['999999999 1\n', `${process.pid} 1\n`, 'rubbish', ''])(
  'what a crashed daemon left behind (%j) does not keep a new one out',
  (left) => {
    prepareHome(home)
    writeFileSync(join(home, 'run/daemon.pid'), left)
    const lock = lockHome(home)
    expect(readFileSync(join(home, 'run/daemon.pid'), 'utf8')).toMatch(new RegExp(`^${process.pid} `))
    lock[Symbol.dispose]()
  },
)

test('a port that is 0 is chosen once and remembered; a remembered one that is taken gives way with a warning', async () => {
  const warnings: unknown[] = []
  const ports = () => new Ports(home, (event, fields) => warnings.push([event, fields]))
  const first = await ports().choose('api', ['127.0.0.1'], 0)
  expect(await ports().choose('api', ['127.0.0.1'], 0)).toBe(first)
  expect(warnings).toEqual([])
  await occupy(first)
  const second = await ports().choose('api', ['127.0.0.1'], 0)
  expect(second).not.toBe(first)
  expect(warnings).toEqual([['port.changed', { which: 'api', before: first, now: second, because: 'taken by another program' }]])
  expect(await ports().choose('api', ['127.0.0.1'], 0)).toBe(second)
})

test('a port that somebody set and that is taken is refused by number and by where it was set', async () => {
  const taken = await occupy()
  await expect(new Ports(home, () => {}).choose('api', ['127.0.0.1'], taken, 'flag --api-port')).rejects.toThrow(
    `port ${taken} (flag --api-port) is taken`,
  )
})

test('a broken memory of ports is a warning, not a failure', async () => {
  writeFileSync(join(home, 'ports.json'), '{"api": "x"}')
  const warnings: string[] = []
  expect(await new Ports(home, (event) => warnings.push(event)).choose('api', ['127.0.0.1'], 0)).toBeGreaterThan(0)
  expect(warnings).toEqual(['ports.unreadable'])
})

test('the socket is in home when its path fits, else in a private directory that home records', () => {
  prepareHome(home)
  expect(prepareSocketPath(home, {})).toBe(join(home, 'run/api.sock'))
  expect(findSocketPath(home)).toBe(join(home, 'run/api.sock'))

  const long = join(home, 'x'.repeat(100))
  prepareHome(long)
  const path = prepareSocketPath(long, { XDG_RUNTIME_DIR: home })
  expect(path).toMatch(new RegExp(`^${home}/porchlight-[0-9a-f]{16}/api.sock$`))
  expect(statSync(join(path, '..')).mode & 0o777).toBe(0o700)
  expect(findSocketPath(long)).toBe(path)
  expect(wantedSocketPath(long, {})).toMatch(/^\/tmp\/porchlight-\d+-[0-9a-f]{16}\/api\.sock$/)
})
