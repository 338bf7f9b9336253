// Runs every suite, goes on after a failure, and ends with one line: N passed, N failed. Runs on Node 20 and uses only what Node brings.
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { tally } from './tally.mjs'
import { root } from './workspaces.mjs'

const minuteMs = 60_000
const deadline = Date.now() + 57 * minuteMs
const results = join(root, 'test/results')

/**
 * `counts` names the vitest project whose tests are counted one by one; a step without one counts as one. `beside` runs in the background at a low
 * priority while the steps after it run, up to the first that is `alone`: that one measures times. What it prints comes when it has ended.
 */
const steps = [
  { script: 'test', counts: 'unit', limitMs: 10 * minuteMs },
  { script: 'lint', limitMs: 5 * minuteMs },
  { script: 'check:packages', limitMs: 5 * minuteMs },
  { script: 'docs:build', limitMs: 5 * minuteMs },
  { script: 'test:invariants', counts: 'invariants', limitMs: 40 * minuteMs, beside: true },
  { script: 'test:two-households', counts: 'two-households', limitMs: 10 * minuteMs },
  { script: 'test:hostile', counts: 'hostile', limitMs: 8 * minuteMs },
  { script: 'test:devices', counts: 'devices', limitMs: 8 * minuteMs },
  { script: 'test:apps', counts: 'apps', limitMs: 8 * minuteMs },
  { script: 'test:browser', counts: 'browser', limitMs: 5 * minuteMs },
  { script: 'test:daemon-faults', counts: 'daemon-faults', limitMs: 4 * minuteMs },
  { script: 'test:start', counts: 'start', limitMs: 4 * minuteMs },
  { script: 'test:restart', counts: 'restart', limitMs: 8 * minuteMs },
  { script: 'test:recovery', counts: 'recovery', limitMs: 6 * minuteMs },
  { script: 'test:vectors-python', counts: 'vectors-python', limitMs: 3 * minuteMs },
  { script: 'test:parity', counts: 'parity', limitMs: 6 * minuteMs },
  { script: 'test:python', counts: 'python', limitMs: 4 * minuteMs },
  { script: 'test:examples-apps', counts: 'examples-apps', limitMs: 10 * minuteMs },
  { script: 'test:systemd', counts: 'systemd', limitMs: 3 * minuteMs },
  { script: 'test:demo', counts: 'demo', limitMs: 5 * minuteMs },
  { script: 'demo', limitMs: 5 * minuteMs },
  { script: 'test:sync', counts: 'sync', limitMs: 10 * minuteMs },
  { script: 'test:rendezvous', counts: 'rendezvous', limitMs: 5 * minuteMs },
  { script: 'test:first-protocol', counts: 'first-protocol', limitMs: 5 * minuteMs },
  { script: 'test:faults', counts: 'faults', limitMs: 12 * minuteMs },
  { script: 'test:revocation', counts: 'revocation', limitMs: 12 * minuteMs, alone: true },
  { script: 'test:slow-reader', counts: 'slow-reader', limitMs: 10 * minuteMs },
  { script: 'test:stranger', counts: 'stranger', limitMs: 8 * minuteMs },
  { script: 'test:flood', counts: 'flood', limitMs: 6 * minuteMs },
  { script: 'test:netns', counts: 'netns', limitMs: 6 * minuteMs },
  { script: 'test:netlab', counts: 'netlab', limitMs: 12 * minuteMs },
]

/** What runs now. @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set()
for (const [signal, status] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
]) {
  process.on(signal, () => {
    for (const { pid } of running) if (pid !== undefined) process.kill(-pid, 'SIGKILL')
    process.exit(status)
  })
}

/** What vitest wrote, if it came that far. */
function reportIn(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined
}

/** Runs one npm script in its own process group, so that a suite that hangs is ended with all it started. */
function run(script, args, limitMs, beside) {
  return new Promise((resolve) => {
    const command = ['npm', 'run', '--silent', script, ...args]
    const [program, ...rest] = beside ? ['nice', '-n', '15', ...command] : command
    const child = spawn(program, rest, {
      cwd: root,
      stdio: ['ignore', ...(beside ? ['pipe', 'pipe'] : ['inherit', 'inherit'])],
      detached: true,
    })
    running.add(child)
    const said = []
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (piece) => said.push(piece))
    const timer = setTimeout(() => {
      console.log(`${script}: ended after ${Math.round(limitMs / 1000)} s`)
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
    }, limitMs)
    const end = (status) => {
      clearTimeout(timer)
      running.delete(child)
      if (beside) console.log(`\n== npm run ${script}, beside the others\n${Buffer.concat(said).toString()}`)
      resolve(status)
    }
    child.on('error', () => end(1))
    child.on('close', (status) => end(status ?? 1))
  })
}

rmSync(results, { recursive: true, force: true })
mkdirSync(results, { recursive: true })
const lines = []
let passed = 0
let failed = 0

async function step({ script, counts, limitMs, beside = false }) {
  if (!beside) console.log(`\n== npm run ${script}`)
  const started = Date.now()
  const file = join(results, `${script.replace(':', '-')}.json`)
  const args = counts === undefined ? [] : ['--', '--reporter=default', '--reporter=json', `--outputFile.json=${file}`]
  const status = await run(script, args, Math.min(limitMs, Math.max(1000, deadline - Date.now())), beside)
  const sum =
    counts === undefined ? { passed: status === 0 ? 1 : 0, failed: status === 0 ? 0 : 1 } : tally(reportIn(file), status, counts !== 'unit')
  passed += sum.passed
  failed += sum.failed
  lines.push(`${script}: ${sum.passed} passed, ${sum.failed} failed, ${((Date.now() - started) / 1000).toFixed(1)} s`)
  console.log(lines.at(-1))
}

let besides = Promise.resolve()
for (const each of steps) {
  if (each.alone) await besides
  if (each.beside) besides = Promise.all([besides, step(each)])
  else await step(each)
}
await besides
console.log(`\n== all suites\n${lines.map((line) => `   ${line}`).join('\n')}\n`)
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1
