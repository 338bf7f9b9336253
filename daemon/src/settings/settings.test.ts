import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isPorchlightError, limits } from '@porchlight/core'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { homeOf, loadSettings } from './load-settings.ts'
import { environmentName, flagName, settingNames, settingsSchema } from './settings.ts'

let home: string
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'porchlight-settings-'))
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

const load = (file: string | undefined, environment: Record<string, string> = {}, flags: Record<string, unknown> = {}) => {
  if (file !== undefined) writeFileSync(join(home, 'config.yaml'), file)
  return loadSettings({ flags, environment: { PORCHLIGHT_HOME: home, ...environment } })
}

function refusal(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    if (isPorchlightError(error) && error.code === 'SETTING_INVALID') return error.message
    throw error
  }
  throw new Error('was not refused')
}

test('with no source at all every setting has its default, and nobody is contacted', () => {
  const { settings, setBy } = load(undefined)
  expect(settings).toMatchObject({
    home,
    listen: 0,
    mdns: true,
    announce: [],
    bootstrap: [],
    serveAddressBook: false,
    apiPort: 0,
    gatewayPort: 0,
    logLevel: 'info',
    logFormat: 'text',
    language: 'en',
    grantDecay: limits.grantDecayMs,
  })
  expect([...setBy.keys()]).toEqual(['home'])
})

test('a flag wins over the environment, which wins over the file', () => {
  expect(load('apiPort: 1001\n').settings.apiPort).toBe(1001)
  expect(load('apiPort: 1001\n', { PORCHLIGHT_API_PORT: '1002' }).settings.apiPort).toBe(1002)
  const { settings, setBy } = load('apiPort: 1001\n', { PORCHLIGHT_API_PORT: '1002' }, { apiPort: '1003' })
  expect(settings.apiPort).toBe(1003)
  expect(setBy.get('apiPort')).toBe('flag --api-port')
})

test.each<[string, Record<string, string>, object]>([
  ['listen: 4101', {}, { listen: 4101 }],
  ['listen: [/ip4/127.0.0.1/tcp/1, /ip6/::1/tcp/2]', {}, { listen: ['/ip4/127.0.0.1/tcp/1', '/ip6/::1/tcp/2'] }],
  ['', { PORCHLIGHT_LISTEN: '4101' }, { listen: 4101 }],
  ['', { PORCHLIGHT_LISTEN: '/ip4/127.0.0.1/tcp/0, /ip4/127.0.0.2/tcp/0' }, { listen: ['/ip4/127.0.0.1/tcp/0', '/ip4/127.0.0.2/tcp/0'] }],
  ['mdns: false', {}, { mdns: false }],
  ['', { PORCHLIGHT_MDNS: 'off' }, { mdns: false }],
  ['', { PORCHLIGHT_PASSPHRASE_FILE: '/run/secrets/p' }, { passphraseFile: '/run/secrets/p' }],
  ['grantDecay: 30d', {}, { grantDecay: 30 * 86_400_000 }],
  ['', { PORCHLIGHT_GRANT_DECAY: '26w' }, { grantDecay: 26 * 7 * 86_400_000 }],
  ['', { PORCHLIGHT_GRANT_DECAY: '400d' }, { grantDecay: limits.grantLifetimeMs }],
  ['# only a comment', {}, { mdns: true }],
])('file %j with environment %j gives %j', (file, environment, wanted) => {
  expect(load(file, environment).settings).toMatchObject(wanted)
})

test.each<[string, Record<string, string>, RegExp]>([
  ['name: x\nmdsn: false\n', {}, /config\.yaml line 2: "mdsn" is no setting; did you mean "mdns"\?/],
  ['api_port: 1\n', {}, /line 1: "api_port" is no setting; did you mean "apiPort"\?/],
  ['zzzzzzzz: 1\n', {}, /"zzzzzzzz" is no setting$/],
  ['home: /x\n', {}, /"home" says where this file is.*--home or PORCHLIGHT_HOME/],
  ['name: [1\n', {}, /config\.yaml line \d/],
  ['name: a\nname: b\n', {}, /config\.yaml line 2/],
  ['- a\n- b\n', {}, /not a list of "name: value" lines/],
  ['apiPort: 70000\n', {}, /config\.yaml line 1: apiPort is above 65535/],
  ['apiPort: many\n', {}, /apiPort/],
  ['mdns: perhaps\n', {}, /mdns is neither true nor false/],
  ['listen: tcp\n', {}, /line 1: listen is not a multiaddr such as/],
  ['grantDecay: 0d\n', {}, /line 1: grantDecay is less than 1d/],
  ['grantDecay: 401d\n', {}, /grantDecay is more than 400d, which no grant lasts/],
  ['grantDecay: 90\n', {}, /grantDecay is no time in days or weeks/],
  ['grantDecay: soon\n', {}, /grantDecay is no time in days or weeks, such as 90d/],
  ['logLevel: loud\n', {}, /logLevel is none of debug, info, warn, error/],
  ['a: &a [1]\nb: *a\n', {}, /line 1|alias/i],
  ['', { PORCHLIGHT_API_PROT: '1' }, /PORCHLIGHT_API_PROT, which is no setting; did you mean "PORCHLIGHT_API_PORT"\?/],
  ['', { PORCHLIGHT_PASSPHRASE: 'x' }, /PORCHLIGHT_PASSPHRASE_FILE/],
  ['', { PORCHLIGHT_CONFIG: '/does/not/exist.yaml' }, /exist\.yaml does not exist/],
])('file %j with environment %j is refused', (file, environment, message) => {
  expect(refusal(() => load(file, environment))).toMatch(message)
})

test('a settings file that is a directory or too large is refused, not read', () => {
  mkdirSync(join(home, 'config.yaml'))
  expect(refusal(() => load(undefined))).toMatch(/cannot be read \(EISDIR\)/)
  const big = join(home, 'big.yaml')
  writeFileSync(big, `# ${'x'.repeat(70_000)}`)
  expect(refusal(() => load(undefined, { PORCHLIGHT_CONFIG: big }))).toMatch(/limit 65536/)
})

test.each<[Record<string, string>, string]>([
  [{ PORCHLIGHT_HOME: '/a/b', HOME: '/h' }, '/a/b'],
  [{ XDG_DATA_HOME: '/x', HOME: '/h' }, '/x/porchlight'],
  [{ XDG_DATA_HOME: 'relative', HOME: '/h' }, '/h/.local/share/porchlight'],
  [{ HOME: '/h' }, '/h/.local/share/porchlight'],
])('the environment %j puts the household in %s', (environment, wanted) => {
  expect(homeOf({ flags: {}, environment })).toBe(wanted)
})

describe('docs/settings.md', () => {
  const page = readFileSync(new URL('../../../docs/settings.md', import.meta.url), 'utf8')
  const rows = [...page.matchAll(/^\| `(\w+)` \| `([^`]+)` \| `([^`]+)` \|/gm)].map((match) => match.slice(1, 4))

  test('has one row for every setting, and none for anything else', () => {
    expect(rows).toEqual(settingNames.map((name) => [name, flagName(name), environmentName(name)]))
  })

  test('describes each one in the words of the schema', () => {
    const missing = settingNames.filter((name) => !page.includes(settingsSchema.shape[name].description ?? '?'))
    expect(missing).toEqual([])
  })
})
