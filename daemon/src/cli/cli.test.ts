import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PorchlightError, type ErrorCode } from '@porchlight/core'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { FakeHousehold, runCommand } from '../testing/fake-household.ts'

let house: FakeHousehold
beforeEach(async () => {
  house = await FakeHousehold.start()
})
afterEach(async () => await house[Symbol.asyncDispose]())

const share = ['share', 'http://127.0.0.1:2342', '--as', 'photos', '--with', 'ana']

describe('--json', () => {
  test.each<[string[], RegExp | ((data: any) => unknown)]>([
    [['status'], (data) => data.household === `b${'a'.repeat(52)}` && data.daemon.apiUrl.startsWith('http://127.0.0.1:')],
    [
      ['invite', '--note', 'for Ana', '--as', 'ana2'],
      (data) => data.link.startsWith('porchlight://') && data.petname === 'ana2' && data.note === 'for Ana',
    ],
    [['accept', 'porchlight://invite/x', '--as', 'ben'], (data) => data.petname === 'ben' && data.words.length === 12],
    [['contacts'], (data) => data.length === 1 && data[0].petname === 'ana'],
    [['contacts', 'rename', 'ana', 'anna'], (data) => data.petname === 'anna'],
    [['contacts', 'verify', 'ana', '--yes'], (data) => data.level === 'compared'],
    [['contacts', 'remove', 'ana', '--yes'], (data) => data.removed === true],
    [[...share, '--yes'], (data) => data.location === 'photos' && data.scopes.join() === 'read'],
    [[...share, '--yes', '--read-only'], (data) => data.scopes.join() === 'read'],
    [[...share, '--yes', '--allow-changes'], (data) => data.scopes.join() === 'read,change'],
    [['services'], (data) => data.mine.length === 0 && data.offered.length === 0],
    [['digest'], (data) => data.total === 0 && data.contacts.length === 0],
    [['blocks'], (data) => Array.isArray(data)],
    [['block', 'ana', '--yes'], (data) => data.petname === 'ana' && data.protocol === null],
    [['ask', 'ana/music', '--why', 'to dance', '--yes'], (data) => data.kind === 'ours' && data.location === 'music'],
    [['asks'], (data) => Array.isArray(data)],
    [['grants'], (data) => Array.isArray(data)],
    [['sessions'], (data) => Array.isArray(data)],
    [['log'], (data) => Array.isArray(data)],
    [['log', '--verify'], (data) => data.ok === true],
    [['words', '--yes'], (data) => data.words.length === 24],
    [['backup', '/nowhere/backup.age'], (data) => data.path === '/nowhere/backup.age' && data.opensWith === 'words'],
    [['rename', 'Number 12'], (data) => data.name === 'Number 12'],
    [['open'], (data) => /\/\?token=/.test(data.url)],
  ])('%j answers one versioned object and nothing else on stdout', async (argv, check) => {
    const { code, json } = await house.cli(...argv, '--json')
    const answer = json()
    expect(Object.keys(answer)).toEqual(['v', 'data'])
    expect(answer.v).toBe(1)
    expect(check instanceof RegExp || check(answer.data)).toBe(true)
    expect(code).toBe(0)
  })

  test.each<[string[], string, number]>([
    [['contacts', 'rename', 'nobody', 'x'], 'unknown-contact', 1],
    [['revoke', 'bnothere'], 'unknown-grant', 1],
    [['open', 'ana/photos'], 'no-grant', 77],
    [['open', 'photos'], 'usage', 64],
    [['nonsense'], 'usage', 64],
    [['status', '--nonsense'], 'usage', 64],
    [['share', '--as', 'x'], 'usage', 64],
    [[...share], 'usage', 64],
    [[...share, '--yes', '--until', 'soon'], 'until', 64],
    [[...share, '--yes', '--fresh', '1m'], 'usage', 64],
    [['share', 'tcp://x:1', '--as', 'x', '--with', 'ana', '--yes'], 'target', 1],
    [[...share, '--yes', '--read-only', '--allow-changes'], 'usage', 64],
    [['ask', 'ana/music', '--why', 'to dance'], 'usage', 64],
    [['block', 'ana'], 'usage', 64],
    [['unblock', 'ana'], 'unknown-block', 1],
    [['snooze', 'bnothere', '--for', '3d'], 'unknown-ask', 1],
    [['words'], 'usage', 64],
    [['backup', 'b.age', '--passphrase'], 'usage', 64],
    [['backup', 'b.age', '--passphrase-file', '/nowhere'], 'file', 78],
    [['restore', '/nowhere/b.age'], 'usage', 64],
    [['erase'], 'usage', 64],
    [['erase', '--yes', 'not its name'], 'name-wrong', 1],
  ])('%j fails with reason %s and exit code %i', async (argv, reason, code) => {
    const run = await house.cli(...argv, '--json')
    expect(run.json()).toEqual({ v: 1, error: { code: expect.any(String), reason, message: expect.any(String) } })
    expect(run.code).toBe(code)
  })
})

test.each<[ErrorCode, number]>([
  ['DENIED', 77],
  ['CONSENT_REQUIRED', 77],
  ['GRANT_ENDED', 77],
  ['BUSY', 75],
  ['TIMEOUT', 75],
  ['UNREACHABLE', 75],
  ['BAD_REQUEST', 1],
  ['INTERNAL', 1],
  ['SETTING_INVALID', 78],
])('an error %s of the node ends the command with %i', async (code, exitCode) => {
  house.node.fail('createInvite', new PorchlightError(code, 'as told'))
  const run = await house.cli('invite')
  expect(run).toMatchObject({ code: exitCode, out: '', said: 'porchlight: as told\n' })
})

test('without a daemon a command ends with 69 and says how to start one', async () => {
  const home = mkdtempSync(join(tmpdir(), 'porchlight-none-'))
  const run = await runCommand(['status'], { PORCHLIGHT_HOME: home })
  expect(run.code).toBe(69)
  expect(run.said).toContain('porchlight start')
  rmSync(home, { recursive: true })
})

test('a mistyped command and a mistyped option get a suggestion', async () => {
  expect((await house.cli('sahre')).said).toContain('Did you mean share?')
  expect((await house.cli('status', '--jsno')).said).toContain('Did you mean --json?')
})

test('share shows the card word for word and does nothing when the answer is no', async () => {
  const no = await house.cliWith({ confirms: false }, ...share)
  expect(no.said).toContain('ana may use your photos')
  expect(no.said).toContain('Opens it.          enforced')
  expect(no.code).toBe(77)
  expect(house.node.grants()).toEqual([])
  const yes = await house.cliWith({ confirms: true }, ...share)
  expect(yes.code).toBe(0)
  expect(house.node.grants()).toHaveLength(1)
})

test('share without a person and without --yes is refused by name of the flag, before anything is shared', async () => {
  const run = await house.cli(...share)
  expect(run).toMatchObject({ code: 64 })
  expect(run.said).toContain('say --yes')
  expect(house.node.calls).not.toContain('offer')
})

test('approve sends back the hash of the card that was shown, and takes the beginning of an id', async () => {
  const ask = house.node.addAsk('photos', 'offer')
  const run = await house.cliWith({ confirms: true }, 'approve', ask.id.slice(0, 8))
  expect(run.said).toContain(ask.card.text)
  expect(run.out).toContain('porchlight open ana/photos')
  expect(house.node.grants()[0]?.location).toBe('photos')
})

test('what ana offers is listed with the address of her app', async () => {
  house.node.addReceived('wiki')
  const { port } = new URL(house.daemon.gatewayUrl)
  expect((await house.cli('services')).out).toContain(`http://wiki.ana.localhost:${port}/`)
  expect((await house.cli('open', 'ana/wiki', '--json')).json().data.url).toBe(`http://wiki.ana.localhost:${port}/`)
})

test('an alarm of the node is in the log', () => {
  house.node.emit({ type: 'alarm', text: 'the disk is full' })
  expect(house.log).toContain('node.alarm {"text":"the disk is full"}')
})

test('stop ends a session and its grant, by id', async () => {
  await house.cli(...share, '--yes')
  const session = house.node.addSession(house.node.grants()[0]!)
  expect((await house.cli('sessions')).out).toMatch(/ana +photos/)
  const run = await house.cli('stop', session.id, '--json')
  expect(run.json().data.state).toBe('REVOKED')
  expect(house.node.sessions()).toEqual([])
})

test('the words are asked back at a terminal, forgotten only when they are right, and shown no second time', async () => {
  const wrong = await house.cliWith({ writes: () => 'wrong' }, 'words')
  expect(wrong.said).toContain('those are not the words')
  expect(wrong.code).toBe(1)
  const right = await house.cliWith({ writes: (question) => `word${/\d+/.exec(question)?.[0]}` }, 'words')
  expect(right).toMatchObject({ code: 0 })
  expect(right.out).toContain('24. word24')
  expect((await house.cli('words', '--yes', '--json')).json().error.reason).toBe('words-gone')
})

test('log --export writes every entry as a JSON line to a new file of mode 0600, and over no existing one', async () => {
  for (let i = 0; i < 3; i++) await house.cli('share', `http://127.0.0.1:${i + 1}`, '--as', `app${i}`, '--with', 'ana', '--yes')
  const file = join(house.home, 'log.jsonl')
  expect((await house.cli('log', '--export', file, '--json')).json().data).toEqual({ file, entries: 3 })
  expect(
    readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).n),
  ).toEqual([0, 1, 2])
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect((await house.cli('log', '--export', file)).code).toBe(1)
  expect((await house.cli('log', '--export', '-')).out.trim().split('\n')).toHaveLength(3)
})

test('a disposed daemon leaves no socket and no pid behind', async () => {
  await house.daemon[Symbol.asyncDispose]()
  expect(existsSync(join(house.home, 'run/api.sock'))).toBe(false)
  expect(existsSync(join(house.home, 'run/daemon.pid'))).toBe(false)
})
