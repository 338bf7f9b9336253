import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Database } from '../../packages/store/src/database.ts'
import { ask, DaemonProcess, main } from './daemon-process.ts'

let home: string
let stack: AsyncDisposableStack
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'porchlight-faults-'))
  stack = new AsyncDisposableStack()
})
afterEach(async () => {
  await stack.disposeAsync()
  rmSync(home, { recursive: true, force: true })
})

const start = (environment: NodeJS.ProcessEnv = {}, command?: string[]) =>
  stack.use(new DaemonProcess({ PORCHLIGHT_HOME: home, ...environment }, command))

async function occupy(port = 0): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  stack.defer(() => new Promise<void>((resolve) => server.close(() => resolve())))
  return (server.address() as { port: number }).port
}

test.each<[string, () => NodeJS.ProcessEnv, RegExp]>([
  ['a state directory open to others', () => (chmodSync(home, 0o755), {}), /is open to others \(mode 0755\).*run chmod 700 /],
  [
    'a home that is a file',
    () => (writeFileSync(join(home, 'f'), ''), { PORCHLIGHT_HOME: join(home, 'f') }),
    /f is not a directory: move that file away/,
  ],
  ['a broken settings file', () => (writeFileSync(join(home, 'config.yaml'), 'name: [\n'), {}), /config\.yaml line \d/],
  [
    'an unknown setting in the file',
    () => (writeFileSync(join(home, 'config.yaml'), '\nmdsn: true\n'), {}),
    /config\.yaml line 2: "mdsn" is no setting; did you mean "mdns"\?/,
  ],
  ['an unknown setting in the environment', () => ({ PORCHLIGHT_API_PROT: '1' }), /did you mean "PORCHLIGHT_API_PORT"\?/],
  [
    'a settings file that --config names and that is not there',
    () => ({ PORCHLIGHT_CONFIG: join(home, 'none.yaml') }),
    /none\.yaml does not exist/,
  ],
  [
    'a passphrase file that is not there',
    () => ({ PORCHLIGHT_PASSPHRASE_FILE: join(home, 'none') }),
    /passphraseFile .*none cannot be read \(ENOENT\)/,
  ],
])('%s ends the start with 78 and says how to mend it', async (_what, prepare, message) => {
  const daemon = start(prepare())
  expect(await daemon.ends()).toBe(78)
  expect(daemon.said).toMatch(message)
})

test.each(['PORCHLIGHT_API_PORT', 'PORCHLIGHT_GATEWAY_PORT'])(
  'a port set by %s that is taken ends the start with 78 and is named',
  async (name) => {
    const port = await occupy()
    const daemon = start({ [name]: String(port) })
    expect(await daemon.ends()).toBe(78)
    expect(daemon.said).toContain(`port ${port} (${name}) is taken`)
  },
)

test('a port for other households that was set and is taken is named too', async () => {
  const port = await occupy()
  const daemon = start({ PORCHLIGHT_LISTEN: `/ip4/127.0.0.1/tcp/${port}` })
  expect(await daemon.ends()).toBe(78)
  expect(daemon.said).toContain(`port ${port} (PORCHLIGHT_LISTEN) is taken`)
})

test('a remembered port that is taken gives way, with a warning', async () => {
  const first = await start().started()
  const port = Number(/API +http:\/\/porchlight\.localhost:(\d+)/.exec(first.said)?.[1])
  first.kill('SIGTERM')
  expect(await first.ends()).toBe(0)
  await occupy(port)
  const second = await start().started()
  expect(second.said).toMatch(new RegExp(`warn port\\.changed which=api before=${port} now=\\d+`))
})

test('a second daemon on the same directory ends with 78, names the first, and leaves it alone', async () => {
  const first = await start().started()
  const second = start()
  expect(await second.ends()).toBe(78)
  expect(second.said).toContain(`process ${first.pid} already runs on ${home}`)
  expect((await ask(join(home, 'run/api.sock'), 'GET', '/v1/status')).daemon.pid).toBe(first.pid)
})

test('after kill -9 the next start takes the directory over, with the same household', async () => {
  const first = await start().started()
  const { household } = await ask(join(home, 'run/api.sock'), 'GET', '/v1/status')
  first.kill('SIGKILL')
  await first.ends()
  await start().started()
  expect((await ask(join(home, 'run/api.sock'), 'GET', '/v1/status')).household).toBe(household)
})

test('a second signal ends the daemon at once with 130', async () => {
  const daemon = await start().started()
  daemon.kill('SIGTERM')
  daemon.kill('SIGINT')
  expect(await daemon.ends()).toBe(130)
})

test.each([
  ['rejection', "process.on('SIGUSR2', () => { void Promise.reject(new Error('nobody caught this')) })"],
  ['exception', "process.on('SIGUSR2', () => { throw new Error('nobody caught this') })"],
])('an unhandled %s is logged and ends the daemon with 70', async (kind, code) => {
  const daemon = await start({ NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(code)}` }).started()
  daemon.kill('SIGUSR2')
  expect(await daemon.ends()).toBe(70)
  expect(daemon.said).toMatch(new RegExp(`error daemon\\.crashed kind=${kind} because="Error: nobody caught this"`))
})

test('the socket of a home with a long path is found by the command line', async () => {
  const long = join(home, 'x'.repeat(110))
  mkdirSync(long, { mode: 0o700 })
  await start({ PORCHLIGHT_HOME: long, XDG_RUNTIME_DIR: home }).started()
  const status = spawnSync(process.execPath, [main, 'status', '--json', '--home', long], {
    encoding: 'utf8',
    env: { ...process.env, PORCHLIGHT_HOME: '' },
  })
  expect(JSON.parse(status.stdout).data.daemon.home).toBe(long)
})

/** Runs the daemon in a mount namespace of its own, where home is a small file system with the given options. */
const onSmallDisk = (options: string) =>
  start({}, [
    'unshare',
    '--mount',
    '--propagation',
    'private',
    'sh',
    '-c',
    `mount -t tmpfs -o mode=700,${options} porchlight-test ${home} && exec ${process.execPath} ${main} start`,
  ])

test('a read-only file system ends the start with 78 and says so', async () => {
  const daemon = onSmallDisk('size=1m,ro')
  expect(await daemon.ends()).toBe(78)
  expect(daemon.said).toContain(`${home}/keys is on a read-only file system`)
})

test('a full disk refuses what would be written, loses nothing, and the daemon goes on when there is room again', async () => {
  const daemon = await onSmallDisk('size=24m').started()
  // The daemon's own view of its disk; its namespace is not ours.
  const inside = join('/proc', String(daemon.pid), 'root', home)
  const socket = join(inside, 'run/api.sock')
  const before = await ask(socket, 'GET', '/v1/status')
  const first = await ask(socket, 'POST', '/v1/invites', { note: 'before' })
  expect(first.link).toMatch(/^porchlight:/)

  spawnSync('dd', ['if=/dev/zero', `of=${join(inside, 'filler')}`, 'bs=64k'], { stdio: 'ignore' })
  let refused: { code?: string; reason?: string } = {}
  for (let n = 0; n < 200 && refused.code === undefined; n++)
    refused = await ask(socket, 'PATCH', '/v1/household', { name: `n${n} ${'x'.repeat(50)}` })
  expect(refused).toMatchObject({ code: 'INTERNAL', reason: 'disk-full' })
  expect((await ask(socket, 'GET', '/v1/status')).household).toBe(before.household)
  expect((await ask(socket, 'GET', '/v1/invites')).invites).toHaveLength(1)

  rmSync(join(inside, 'filler'))
  expect(await ask(socket, 'PATCH', '/v1/household', { name: 'room again' })).toMatchObject({
    name: 'room again',
    household: before.household,
  })
  expect(await ask(socket, 'GET', '/v1/log/verify')).toMatchObject({ ok: true })
  daemon.kill('SIGTERM')
  expect(await daemon.ends()).toBe(0)
})

test('a disk that is full from the beginning ends the start and says so', async () => {
  const daemon = start({}, [
    'unshare',
    '--mount',
    '--propagation',
    'private',
    'sh',
    '-c',
    `mount -t tmpfs -o mode=700,size=256k porchlight-test ${home} && dd if=/dev/zero of=${home}/filler bs=4k 2>/dev/null; exec ${process.execPath} ${main} start`,
  ])
  expect(await daemon.ends()).toBe(1)
  expect(daemon.said).toContain('full: free some space')
})

test('data of a newer version ends the start with 78, says so in one sentence, and stays as it is', async () => {
  const putVersion = async (version?: string) => {
    mkdirSync(join(home, 'db'), { recursive: true, mode: 0o700 })
    const database = await Database.open(join(home, 'db'))
    if (version !== undefined) await database.write([{ type: 'put', key: 'schema', value: version }])
    const found = await database.get('schema')
    await database.close()
    return found
  }
  await putVersion('999')
  const daemon = start()
  expect(await daemon.ends()).toBe(78)
  expect(daemon.said).toMatch(
    /was written by a newer Porchlight \(data version 999, this one reads \d+\); install that one\. Nothing was changed/,
  )
  expect(await putVersion()).toBe('999')
})
