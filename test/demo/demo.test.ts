import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'

const main = new URL('../../daemon/dist/main.js', import.meta.url).pathname
let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'demo-test-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

const environment = () => ({ ...process.env, TMPDIR: directory })

/** Processes that inherited this test's own TMPDIR, by pid. */
const leftRunning = () =>
  readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`TMPDIR=${directory}`)
    } catch {
      return false
    }
  })

test('the demo tells all five steps with a real app, cuts a running download, and leaves nothing behind', () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, 'demo'], { env: environment(), encoding: 'utf8', timeout: 120_000 })
  expect(status, stdout + stderr).toBe(0)
  for (const step of ['1. Two households', '2. Ben invites', '3. Ben shares TiddlyWiki', '4. Ana accepts', '5. Ana downloads'])
    expect(stdout).toContain(step)
  expect(stdout).toMatch(/The download broke off at [\d.]+ MB/)
  expect(stdout.match(/The record is whole/g)).toHaveLength(2)
  expect(new Set(stdout.match(/revocation {2}b\w{52}/g))).toHaveProperty('size', 1)
  expect(readdirSync(directory)).toEqual([])
  expect(leftRunning()).toEqual([])
})

test('an app that does not answer ends the demo with 1 and the reason', () => {
  const { status, stderr } = spawnSync(process.execPath, [main, 'demo', '--app', 'http://127.0.0.1:9'], {
    env: environment(),
    encoding: 'utf8',
    timeout: 120_000,
  })
  expect(status).toBe(1)
  expect(stderr).toContain('The demo did not go as told')
  expect(readdirSync(directory)).toEqual([])
})

test('Ctrl-C in the middle ends everything that the demo started', async () => {
  const demo = spawn(process.execPath, [main, 'demo'], { env: environment(), stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  await new Promise<void>((resolve) =>
    demo.stdout.on('data', (text: Buffer) => ((said += text.toString()), said.includes('2. Ben invites') && resolve())),
  )
  demo.kill('SIGINT')
  expect((await once(demo, 'exit'))[0]).toBe(130)
  await expect.poll(leftRunning, { timeout: 6000 }).toEqual([])
})
