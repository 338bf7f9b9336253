// Runs every suite, goes on after a failure, and ends with one line: N passed, N failed. Runs on Node 20 and uses only what Node brings.
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { tally } from './tally.mjs'
import { root } from './workspaces.mjs'

const minuteMs = 60_000
const deadline = Date.now() + 57 * minuteMs
const results = join(root, 'test/results')

/** `counts` names the vitest project whose tests are counted one by one; a step without one counts as one. */
const steps = [
  { script: 'test', counts: 'unit', limitMs: 8 * minuteMs },
  { script: 'lint', limitMs: 5 * minuteMs },
  { script: 'check:packages', limitMs: 5 * minuteMs },
  { script: 'test:hostile', counts: 'hostile', limitMs: 8 * minuteMs },
  { script: 'test:devices', counts: 'devices', limitMs: 8 * minuteMs },
  { script: 'test:sync', counts: 'sync', limitMs: 10 * minuteMs },
  { script: 'test:invariants', counts: 'invariants', limitMs: 28 * minuteMs },
  { script: 'test:daemon-faults', counts: 'daemon-faults', limitMs: 4 * minuteMs },
  { script: 'test:start', counts: 'start', limitMs: 4 * minuteMs },
  { script: 'test:two-households', counts: 'two-households', limitMs: 10 * minuteMs },
  { script: 'test:revocation', counts: 'revocation', limitMs: 12 * minuteMs },
  { script: 'test:faults', counts: 'faults', limitMs: 12 * minuteMs },
  { script: 'test:slow-reader', counts: 'slow-reader', limitMs: 10 * minuteMs },
  { script: 'test:restart', counts: 'restart', limitMs: 6 * minuteMs },
  { script: 'test:recovery', counts: 'recovery', limitMs: 6 * minuteMs },
  { script: 'test:stranger', counts: 'stranger', limitMs: 8 * minuteMs },
  { script: 'test:flood', counts: 'flood', limitMs: 6 * minuteMs },
  { script: 'test:netns', counts: 'netns', limitMs: 6 * minuteMs },
  { script: 'test:netlab', counts: 'netlab', limitMs: 12 * minuteMs },
  { script: 'test:vectors-python', counts: 'vectors-python', limitMs: 3 * minuteMs },
  { script: 'test:systemd', counts: 'systemd', limitMs: 3 * minuteMs },
  { script: 'test:demo', counts: 'demo', limitMs: 5 * minuteMs },
  { script: 'demo', limitMs: 5 * minuteMs },
]

let running
for (const [signal, status] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
]) {
  process.on(signal, () => {
    if (running?.exitCode === null) process.kill(-running.pid, 'SIGKILL')
    process.exit(status)
  })
}

/** What vitest wrote, if it came that far. */
function reportIn(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined
}

/** Runs one npm script in its own process group, so that a suite that hangs is ended with all it started. */
function run(script, args, limitMs) {
  return new Promise((resolve) => {
    const child = spawn('npm', ['run', '--silent', script, ...args], { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], detached: true })
    running = child
    const timer = setTimeout(() => {
      console.log(`${script}: ended after ${Math.round(limitMs / 1000)} s`)
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
    }, limitMs)
    const end = (status) => {
      clearTimeout(timer)
      resolve(status)
    }
    child.on('error', () => end(1))
    child.on('exit', (status) => end(status ?? 1))
  })
}

rmSync(results, { recursive: true, force: true })
mkdirSync(results, { recursive: true })
const lines = []
let passed = 0
let failed = 0
for (const { script, counts, limitMs } of steps) {
  console.log(`\n== npm run ${script}`)
  const started = Date.now()
  const file = join(results, `${script.replace(':', '-')}.json`)
  const args = counts === undefined ? [] : ['--', '--reporter=default', '--reporter=json', `--outputFile.json=${file}`]
  const status = await run(script, args, Math.min(limitMs, Math.max(1000, deadline - Date.now())))
  const sum =
    counts === undefined ? { passed: status === 0 ? 1 : 0, failed: status === 0 ? 0 : 1 } : tally(reportIn(file), status, counts !== 'unit')
  passed += sum.passed
  failed += sum.failed
  lines.push(`${script}: ${sum.passed} passed, ${sum.failed} failed, ${((Date.now() - started) / 1000).toFixed(1)} s`)
  console.log(lines.at(-1))
}
console.log(`\n== all suites\n${lines.map((line) => `   ${line}`).join('\n')}\n`)
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1
