import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { root } from '../../scripts/workspaces.mjs'

let home: string
let stop: () => void = () => {}

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'porchlight-start-'))
})

afterEach(() => {
  stop()
  rmSync(home, { recursive: true, force: true })
})

const environment = () => ({ ...process.env, HOME: home, PORCHLIGHT_HOME: join(home, 'porchlight') })

/** Starts `npm start` in its own process group and reads what it says. */
function npmStart(...args: string[]) {
  const child = spawn('npm', ['start', '--', ...args], { cwd: root, env: environment(), stdio: ['ignore', 'pipe', 'pipe'], detached: true })
  let said = ''
  const listeners = new Set<() => void>()
  const hear = (chunk: Buffer) => {
    said += chunk.toString()
    for (const listener of listeners) listener()
  }
  child.stdout.on('data', hear)
  child.stderr.on('data', hear)
  const ended = new Promise<number | null>((resolve) => child.on('exit', resolve))
  stop = () => {
    if (child.exitCode === null && child.signalCode === null && child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
  }
  const says = async (pattern: RegExp) =>
    await new Promise<void>((resolve, reject) => {
      const look = () => {
        if (pattern.test(said)) resolve()
      }
      listeners.add(look)
      void ended.then((status) => reject(new Error(`npm start ended with ${status} before it said ${pattern}:\n${said}`)))
      look()
    })
  return { child, ended, says }
}

test('npm start says where the API is, status answers in JSON, and SIGTERM to npm stops the daemon in under 5 s', async () => {
  const { child, ended, says } = npmStart()
  await says(/https?:\/\/(127\.0\.0\.1|localhost|\[::1\]):\d+/)

  const status = spawnSync('npx', ['--no-install', 'porchlight', 'status', '--json'], { cwd: root, env: environment(), encoding: 'utf8' })
  expect(status.status, status.stderr).toBe(0)
  expect(JSON.parse(status.stdout)).toBeTypeOf('object')

  const asked = Date.now()
  child.kill('SIGTERM')
  await ended
  expect(Date.now() - asked).toBeLessThan(5000)

  const after = spawnSync('npx', ['--no-install', 'porchlight', 'status', '--json'], { cwd: root, env: environment(), encoding: 'utf8' })
  expect(after.status).toBe(69)
})

test('arguments after -- reach the daemon: an unknown one is a usage error', async () => {
  const { ended } = npmStart('--no-such-option')
  expect(await ended).toBe(64)
})
