import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { DaemonProcess, main } from '../daemon-faults/daemon-process.ts'

const unit = new URL('../../daemon/systemd/porchlight.service', import.meta.url).pathname

for (const [program, arg] of [
  ['systemd-notify', '--version'],
  ['systemd-analyze', '--version'],
  ['/usr/bin/python3', '--version'],
] as const) {
  try {
    execFileSync(program, [arg], { stdio: 'ignore' })
  } catch {
    throw new Error(`THE SYSTEMD SUITE CANNOT RUN: it needs ${program} (apt: systemd, python3)`)
  }
}

function fixture() {
  const dir = mkdtempSync(join(tmpdir(), 'porchlight-systemd-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  const socket = join(dir, 'notify')
  const heard: { message: string; atMs: number }[] = []
  const child = spawn('/usr/bin/python3', [new URL('manager.py', import.meta.url).pathname, socket], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  child.stdout.on('data', (text: Buffer) => {
    for (const message of text.toString().split('\n').filter(Boolean)) heard.push({ message, atMs: Date.now() })
  })
  const hears = (pattern: RegExp, times = 1) =>
    vi.waitFor(() => expect(heard.filter(({ message }) => pattern.test(message)).length).toBeGreaterThanOrEqual(times), {
      timeout: 30_000,
      interval: 20,
    })
  return { dir, socket, heard, hears }
}

test('systemd hears READY, signs of life, and STOPPING from a real daemon', async () => {
  const { dir, socket, heard, hears } = fixture()
  await hears(/listening/)
  await using daemon = await new DaemonProcess({
    PORCHLIGHT_HOME: join(dir, 'home'),
    NOTIFY_SOCKET: socket,
    WATCHDOG_USEC: '2000000',
  }).started()
  await hears(/READY=1 STATUS=page and API at http/)
  await hears(/WATCHDOG=1/, 4)
  daemon.kill('SIGTERM')
  expect(await daemon.ends()).toBe(0)
  expect(heard.at(-1)?.message).toMatch(/STOPPING=1/)
})

test('a daemon whose event loop is starved by work that never ends gives no sign of life, though its timers still fire', async () => {
  const { dir, socket, heard, hears } = fixture()
  await hears(/listening/)
  const starve = join(dir, 'starve.mjs')
  // Every timer fires and re-arms itself at once: the loop turns, and each turn takes longer than a request may wait.
  writeFileSync(
    starve,
    `process.on('SIGUSR2', () => { process.stderr.write('starving\\n'); const busy = () => { const end = Date.now() + 3000; while (Date.now() < end); setTimeout(busy, 0) }; busy() })`,
  )
  await using daemon = await new DaemonProcess({ PORCHLIGHT_HOME: join(dir, 'home'), NOTIFY_SOCKET: socket, WATCHDOG_USEC: '4000000' }, [
    process.execPath,
    '--import',
    starve,
    main,
    'start',
  ]).started()
  await hears(/WATCHDOG=1/, 2)
  daemon.kill('SIGUSR2')
  await daemon.says(/starving/)
  // What was said just before may still arrive: by a process of its own, on a machine that may be busy.
  const sinceMs = Date.now() + 5000
  await new Promise((resolve) => setTimeout(resolve, 16_000))
  expect(heard.filter(({ message, atMs }) => /WATCHDOG=1/.test(message) && atMs > sinceMs)).toEqual([])
  daemon.kill('SIGKILL')
  await daemon.ends()
})

test('systemd reads every line of the unit', () => {
  const said = execFileSync('/bin/sh', [
    '-c',
    `SYSTEMD_LOG_LEVEL=warning systemd-analyze verify --man=no "${unit}" 2>&1 || true`,
  ]).toString()
  expect(said.split('\n').filter((line) => line.includes('porchlight.service'))).toEqual([])
})
