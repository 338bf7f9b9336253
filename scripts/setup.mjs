// Makes a fresh clone ready: `node scripts/setup.mjs` installs, `node scripts/setup.mjs build` also builds the JavaScript.
// Quiet and quick when there is nothing to do. Runs on Node 20, so that `npm start` can be the only command on a fresh machine.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { entryPoints, filesBelow, fingerprint, root, workspaces } from './workspaces.mjs'

const binaries = join(root, 'node_modules/.bin')
const oldestNode = [22, 19]

/** Runs one step and prints a line with its seconds; shows the program's output only when it fails, and stops there. */
function step(title, program, args, env = process.env) {
  const started = Date.now()
  const { status, error, stdout, stderr } = spawnSync(program, args, { cwd: root, env, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 })
  const seconds = ((Date.now() - started) / 1000).toFixed(1)
  if (status === 0) return console.error(`${title}: ${seconds} s`)
  console.error(`${title} failed after ${seconds} s\n${error?.message ?? ''}${stdout ?? ''}${stderr ?? ''}`)
  process.exit(1)
}

/** Does the work only when the stamp differs from the one of the last success. A change made meanwhile shows the next time. */
function unlessDone(stampFile, stamp, work) {
  const path = join(root, stampFile)
  if (existsSync(path) && readFileSync(path, 'utf8') === stamp) return
  work()
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, stamp)
}

function installStamp() {
  const texts = ['package.json', 'package-lock.json', ...workspaces().map(({ dir }) => `${dir}/package.json`)]
  const hash = createHash('sha256')
  for (const file of texts) hash.update(readFileSync(join(root, file)))
  return hash.digest('hex')
}

/** `npm install`, never `npm ci`: some mirrors lack optional packages of other platforms. `--no-save` leaves the lock as it was committed. */
function install() {
  step('installing packages', 'npm', ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error'])
}

function checkNode() {
  const program = existsSync(join(binaries, 'node')) ? join(binaries, 'node') : process.execPath
  const { stdout } = spawnSync(program, ['--version'], { encoding: 'utf8' })
  const [major = 0, minor = 0] = String(stdout).trim().replace(/^v/, '').split('.').map(Number)
  if (major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1])) return
  console.error(`Node ${oldestNode.join('.')} or newer is needed, found ${String(stdout).trim() || 'none'} at ${program}.`)
  console.error('On Linux x64 and arm64 it arrives with the packages; elsewhere install it from https://nodejs.org/')
  process.exit(1)
}

const isSource = (file) => /\.(ts|json)$/.test(file) && !/\.(test|bench)\.ts$/.test(file)

function buildStamp() {
  const sources = workspaces().flatMap(({ dir }) => [`${dir}/package.json`, ...filesBelow(`${dir}/src`).filter(isSource)])
  return fingerprint([...sources, 'tsup.config.ts', 'package-lock.json'])
}

/** True when every entry point has its output; somebody may have deleted a dist directory. */
function isBuilt() {
  const outputs = workspaces().flatMap((workspace) => Object.keys(entryPoints(workspace)).map((name) => `${workspace.dir}/dist/${name}.js`))
  return outputs.every((file) => existsSync(join(root, file)))
}

function build() {
  for (const { dir } of workspaces()) {
    for (const file of filesBelow(`${dir}/dist`).filter((name) => /\.js(\.map)?$/.test(name))) rmSync(join(root, file))
  }
  step('building', join(binaries, 'tsup'), [], { ...process.env, PATH: `${binaries}:${process.env.PATH}` })
  linkPrograms()
}

/** npm links a workspace's programs when it installs, which is before they are built: do it again. */
function linkPrograms() {
  for (const { dir, manifest } of workspaces()) {
    for (const [name, output] of Object.entries(manifest.bin ?? {})) {
      const link = join(binaries, name)
      rmSync(link, { force: true })
      symlinkSync(join('../..', dir, output), link)
    }
  }
}

unlessDone('node_modules/.porchlight-installed', installStamp(), install)
checkNode()
if (process.argv.includes('build')) {
  if (!isBuilt()) rmSync(join(root, '.cache/built'), { force: true })
  unlessDone('.cache/built', buildStamp(), build)
}
