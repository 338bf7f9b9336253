import { execFile } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { promisify, stripVTControlCharacters } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { root } from '../../scripts/workspaces.mjs'
import { linesToWrite, minutesToRead, stepsOf } from './tutorial.ts'

const page = readFileSync(join(root, 'docs/first-protocol.md'), 'utf8')
const steps = stepsOf(page)
const run = promisify(execFile)

/** Below the repository, so that its packages are found as installed ones would be. */
let dir = ''
beforeAll(() => {
  mkdirSync(join(root, '.cache'), { recursive: true })
  dir = mkdtempSync(join(root, '.cache/first-protocol-'))
  mkdirSync(join(dir, 'bin'))
  writeFileSync(join(dir, 'bin/porchlight'), `#!/bin/sh\nexec "${process.execPath}" "${join(root, 'daemon/dist/main.js')}" "$@"\n`)
  chmodSync(join(dir, 'bin/porchlight'), 0o755)
  writeFileSync(join(dir, 'package.json'), '{"type":"module","private":true}')
})
afterAll(() => rmSync(dir, { recursive: true, force: true }))

test('a reader needs ten minutes at most, and writes forty lines at most', () => {
  expect(minutesToRead(page)).toBeLessThanOrEqual(10)
  expect(linesToWrite(steps)).toBeLessThanOrEqual(40)
  expect(linesToWrite(steps)).toBeGreaterThan(20)
})

test('whoever does what the page says, to the letter, sees what it says', async () => {
  // What vitest tells its own children is not for those of a reader's shell.
  const inherited = Object.entries(process.env).filter(([name]) => !/^(VITEST|NODE_ENV|NODE_OPTIONS|TEST|CI$)/.test(name))
  const path = [join(dir, 'bin'), dirname(process.execPath), join(root, 'node_modules/.bin'), process.env['PATH']].join(delimiter)
  const env = { ...Object.fromEntries(inherited), PATH: path, NO_COLOR: '1' }
  let printed = ''
  for (const step of steps) {
    if (step.do === 'write') writeFileSync(join(dir, step.file), step.text)
    else if (step.do === 'run') {
      const { stdout, stderr } = await run('bash', ['-euc', step.command], { cwd: dir, env, timeout: 120_000 }).catch((error: unknown) => {
        const { stdout: out = '', stderr: said = '' } = error as { stdout?: string; stderr?: string }
        return expect.unreachable(`${step.command} failed: ${out}${said}`)
      })
      printed = stripVTControlCharacters(stdout + stderr)
    } else {
      let from = 0
      for (const line of step.lines) {
        const at = printed.indexOf(line, from)
        expect(at, `"${line}" is not in, or not in this order in: ${printed}`).toBeGreaterThanOrEqual(0)
        from = at + line.length
      }
    }
  }
  expect(readFileSync(join(dir, 'doorbell.html'), 'utf8')).toContain('A bell at the door')
  expect(JSON.parse(readFileSync(join(dir, 'doorbell/released.json'), 'utf8'))).toMatchObject([{ rev: 1 }])
})
