import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { root } from '../../scripts/workspaces.mjs'
import { Home, pair, waitFor } from '../harness/home.ts'

const folder = join(root, 'examples/python')
const protocol = '/example/greeting/1'

/** Debian's own Python, with nothing installed for it. */
const python = ['-E', '-s', '-B']

/** A Python program that runs until it is ended. */
class Running implements AsyncDisposable {
  readonly child: ChildProcess
  said = ''

  constructor(home: Home, token: string, name: string, ...args: string[]) {
    const env = { ...process.env, PORCHLIGHT_HOME: home.dir, PORCHLIGHT_TOKEN: token }
    this.child = spawn('/usr/bin/python3', [...python, join(folder, name), ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] })
    for (const stream of [this.child.stdout, this.child.stderr]) stream?.on('data', (text: Buffer) => void (this.said += text.toString()))
  }

  says(text: string): Promise<unknown> {
    return waitFor(`"${text}", heard: ${this.said}`, async () => this.said.includes(text), 30_000)
  }

  async ended(): Promise<number | null> {
    if (this.child.exitCode === null) await once(this.child, 'exit')
    return this.child.exitCode
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.child.kill('SIGTERM')
    if (this.child.exitCode === null && this.child.signalCode === null) await once(this.child, 'exit')
  }
}

const tokenOf = async (home: Home, name: string, ...flags: string[]): Promise<string> =>
  (await home.cli('apps', 'add', name, ...flags)).token

describe('two apps in Python at two homes', () => {
  let ben: Home
  let ana: Home
  let serving: Running
  let token: string

  beforeAll(async () => {
    ben = await Home.start('ben')
    ana = await Home.start('ana')
    await pair(ben, ana)
    serving = new Running(ben, await tokenOf(ben, 'greeter', '--serve', protocol), 'serve_greeting.py')
    token = await tokenOf(ana, 'caller', '--call', protocol)
    await serving.says(`greeter serves ${protocol}`)
  })
  afterAll(async () => {
    await serving?.[Symbol.asyncDispose]()
    await ana?.[Symbol.asyncDispose]()
    await ben?.[Symbol.asyncDispose]()
  })

  test('ask, wait for a person, call, and are told who calls', async () => {
    await using calling = new Running(ana, token, 'call_greeting.py', 'ben', 'door', 'Ana')
    const ask = await waitFor('the ask', async () => (await ben.cli('asks')).find((each: { kind: string }) => each.kind === 'ask'), 30_000)
    expect(calling.said).toContain('asked; a person decides there')
    await ben.cli('approve', ask.id, '--yes')
    await calling.says('Hello Ana, the light is on.')
    expect(await calling.ended()).toBe(0)
    await serving.says('ana is at the door')
  })

  test('are refused with a typed error once the grant is revoked', async () => {
    const grant = (await ben.cli('grants')).find(({ state }: { state: string }) => state === 'ACTIVE')
    await ben.cli('revoke', grant.id)
    const code = `
import sys
sys.path.insert(0, ${JSON.stringify(folder)})
from porchlight import Porchlight, PorchlightError
try:
    Porchlight(${JSON.stringify(token)}, home=${JSON.stringify(ana.dir)}).call("ben", "${protocol}", "greet", b"Ana", "door")
except PorchlightError as error:
    print(error.code)
`
    const { stdout, stderr } = spawnSync('/usr/bin/python3', [...python, '-c', code], { encoding: 'utf8' })
    expect([stderr, ['DENIED\n', 'CONSENT_REQUIRED\n']]).toEqual(['', expect.arrayContaining([stdout])])
  })
})

test('the examples are at most 60 lines each, and import nothing that Python does not bring', () => {
  for (const name of ['serve_greeting.py', 'call_greeting.py'])
    expect(readFileSync(join(folder, name), 'utf8').trimEnd().split('\n').length).toBeLessThanOrEqual(60)
  const own = ['porchlight', 'server', 'websocket']
  const code = `
import ast, pathlib, sys
for path in pathlib.Path(${JSON.stringify(folder)}).glob("*.py"):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        for name in [a.name for a in node.names] if isinstance(node, ast.Import) else [node.module] if isinstance(node, ast.ImportFrom) else []:
            if name.split(".")[0] not in sys.stdlib_module_names and name not in ${JSON.stringify(own)}: print(path.name, name)
`
  expect(spawnSync('/usr/bin/python3', [...python, '-c', code], { encoding: 'utf8' }).stdout).toBe('')
})
