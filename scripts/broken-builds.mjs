// Shows that each invariant's test can fail: breaks a copy of the source as the test's comment says, runs that test, and wants it to fail.
// Run: npm run invariants:broken [-- NUMBER…]
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root, workspaces } from './workspaces.mjs'

const dir = join(root, 'test/invariants')
const comment = /^ *\/\/ Broken by: (\S+): `(.+)` → `(.*)`\n(?: *\/\/ .+\n)* *invariant\(\s*(\d+),/gm

/** Every broken build that the comments name. */
export const brokenBuilds = () =>
  readdirSync(dir)
    .filter((name) => name.endsWith('.test.ts'))
    .flatMap((name) =>
      [...readFileSync(join(dir, name), 'utf8').matchAll(comment)].map(([, file, from, to, number]) => ({
        number: Number(number),
        test: name,
        file,
        from,
        to,
      })),
    )
    .toSorted((one, other) => one.number - other.number)

/** A copy of the sources that uses the packages installed here, so that the checkout itself is never broken. */
function copyOfSources() {
  const copy = mkdtempSync(join(tmpdir(), 'porchlight-broken-'))
  const { stdout } = spawnSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: root, encoding: 'utf8' })
  const present = stdout.split('\n').filter((path) => path !== '' && existsSync(join(root, path)))
  for (const path of present) cpSync(join(root, path), join(copy, path))
  for (const dir of ['.', ...workspaces().map((workspace) => workspace.dir)])
    linkInstalled(join(root, dir, 'node_modules'), join(copy, dir, 'node_modules'))
  return copy
}

/** Links every installed package; our own stay relative links, and so lead to the copy. */
function linkInstalled(from, to) {
  if (!existsSync(from)) return
  mkdirSync(to, { recursive: true })
  for (const name of readdirSync(from)) {
    if (name !== '@porchlight') symlinkSync(join(from, name), join(to, name))
    else cpSync(join(from, name), join(to, name), { recursive: true, verbatimSymlinks: true })
  }
}

/** Whether the tests of one invariant, or of a whole file, pass in the copy. */
function passes(copy, file, number) {
  const only = number === undefined ? [] : ['-t', `${number} · `]
  const args = [join(copy, 'node_modules/vitest/vitest.mjs'), 'run', '--project', 'unit', `test/invariants/${file}`, ...only]
  const { stdout } = spawnSync(process.execPath, args, { cwd: copy, encoding: 'utf8' })
  if (!/Tests .*(passed|failed)/.test(stdout)) throw new Error(`no test ran: ${stdout.slice(-2000)}`)
  return !/Tests .*failed/.test(stdout)
}

if (process.argv[1] === import.meta.filename) {
  const wanted = new Set(process.argv.slice(2).map(Number))
  const builds = brokenBuilds().filter(({ number }) => wanted.size === 0 || wanted.has(number))
  const copy = copyOfSources()
  const wrong = []
  try {
    for (const file of new Set(builds.map(({ test }) => test)))
      if (!passes(copy, file)) wrong.push(`${file} fails before anything is broken`)
    for (const { number, test, file, from, to } of builds) {
      const path = join(copy, file)
      const text = readFileSync(path, 'utf8')
      writeFileSync(
        path,
        text.replace(from, () => to),
      )
      const isCaught = !passes(copy, test, number)
      writeFileSync(path, text)
      console.log(`${isCaught ? 'caught  ' : 'SURVIVED'} ${number}: ${file}`)
      if (!isCaught) wrong.push(`${number} survived`)
    }
  } finally {
    rmSync(copy, { recursive: true, force: true })
  }
  console.log(wrong.length === 0 ? `${builds.length} broken builds, each caught by its invariant's test` : wrong.join('\n'))
  process.exitCode = wrong.length === 0 ? 0 : 1
}
