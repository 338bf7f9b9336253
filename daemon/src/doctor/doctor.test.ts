import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { NetworkView, StatusView } from '@porchlight/node'
import { expect, onTestFinished, test } from 'vitest'
import { fakeNetwork } from '../testing/fake-network.ts'
import { examine, examineAlone, machineOf, type Finding } from './index.ts'

const nowMs = 1_800_000_000_000
const well = {
  halts: [],
  alarms: [],
  recoveryWordsPending: false,
  lastBackupMs: nowMs - 3_600_000,
} as unknown as StatusView
const GiB = 1024 ** 3

function findings(change: { status?: Partial<StatusView>; network?: Partial<NetworkView>; freeBytes?: number | null } = {}): Finding[] {
  const { freeBytes = 100 * GiB } = change
  const examination = examine({
    status: { ...well, ...change.status },
    network: { ...fakeNetwork, ...change.network },
    machine: { openPaths: [], freeBytes },
    home: '/home/ana/porchlight',
    nowMs,
  })
  return [...examination.findings]
}
const about = (what: string, change: Parameters<typeof findings>[0] = {}): Finding[] =>
  findings(change).filter((each) => each.about === what)
const reach = (change: Partial<NetworkView['reach']>): { network: Partial<NetworkView> } => ({
  network: { reach: { ...fakeNetwork.reach, ...change } },
})
const noRelay: Partial<NetworkView> = { relays: [] }

test('a home in good order has no fault and no warning', () => {
  expect(findings().filter(({ level }) => level === 'fault' || level === 'warning')).toEqual([])
})

test('whatever is a fault or a warning says what to do', () => {
  const worst = findings({
    status: { halts: ['paused', 'rollback'], alarms: ['something'], recoveryWordsPending: true, lastBackupMs: null },
    network: {
      relays: [{ relay: 'Ben', state: 'refused', sinceMs: 0 }],
      contacts: { direct: 0, relayed: 0, unreachable: 2 },
      reach: {
        publicAddresses: [{ address: '/ip4/51.20.0.2/tcp/4101', by: 'router', confirmed: false, triedMs: 1 }],
        portMapping: { state: 'behind-another', router: '192.168.1.1', outer: '100.64.1.2' },
        seenAs: [{ ...fakeNetwork.reach.seenAs[0]!, clockAheadMs: 600_000 }],
      },
    },
    freeBytes: 1000,
  })
  expect(worst.filter(({ level, remedy }) => (level === 'fault' || level === 'warning') && remedy === null)).toEqual([])
  expect(new Set(worst.filter(({ level }) => level === 'fault').map((each) => each.about))).toEqual(
    new Set(['halted', 'alarm', 'disk', 'clock']),
  )
})

test.each([
  ['nobody to compare with', [], 'note'],
  ['agreement', [200, -900, 1000], 'ok'],
  ['a minute behind most', [90_000, 90_000, 0], 'warning'],
  ['one liar among three', [9e9, 100, 0], 'ok'],
  ['ten minutes ahead', [-600_000], 'fault'],
] as const)('the clock, with %s, is judged by the one in the middle', (_, skews, level) => {
  const seen = fakeNetwork.reach.seenAs[0]!
  expect(about('clock', reach({ seenAs: skews.map((clockAheadMs) => ({ ...seen, clockAheadMs })) }))[0]?.level).toBe(level)
})

test('a public address that nobody got through to is a warning without a relay, and a note with one', () => {
  const closed = reach({ publicAddresses: [{ address: '/ip6/2a01:20:1::10/tcp/4101', by: 'interface', confirmed: false, triedMs: 1 }] })
  expect(about('ipv6', { network: { ...closed.network, ...noRelay } })[0]).toMatchObject({
    level: 'warning',
    remedy: expect.stringContaining('4101') as string,
  })
  expect(about('ipv6', closed)[0]?.level).toBe('note')
})

test.each([
  [{ state: 'off' }, /not asked/],
  [{ state: 'no-router' }, /No router here answers/],
  [{ state: 'refused', router: '192.168.1.1', because: '718' }, /refuses to forward a port: 718/],
  [{ state: 'behind-another', router: '192.168.1.1', outer: '100.64.1.2' }, /provider shares one/],
  [{ state: 'mapped', router: '192.168.1.1', address: '/ip4/51.20.0.2/tcp/4101' }, /forwards 51.20.0.2, port 4101/],
] as const)('the router: %o', (portMapping, says) => {
  expect(about('router', reach({ portMapping }))[0]?.says).toMatch(says)
})

test.each([
  [{ mapping: { ip4: 'independent', ip6: 'unknown' } }, 'ok', /the same port/],
  [{ mapping: { ip4: 'unknown', ip6: 'unknown' } }, 'note', /^Contacts see you at 51\.20\.0\.2$/],
  [{ mapping: { ip4: 'dependent', ip6: 'unknown' } }, 'note', /over a relay only/],
  [{ mapping: { ip4: 'dependent', ip6: 'unknown' }, relays: [] }, 'warning', /over a relay only/],
] as const)('the NAT: %o is %s', (network, level, says) => {
  expect(about('nat', { network })[0]).toMatchObject({ level, says: expect.stringMatching(says) as string })
})

test('a contact within the same carrier’s network says nothing of the NAT, however its address looks', () => {
  const seen = { ...fakeNetwork.reach.seenAs[0]!, address: '/ip4/100.64.1.2/tcp/4101', isPublic: false }
  const { network } = reach({ seenAs: [seen] })
  expect(about('nat', { network: { ...network, mapping: { ip4: 'unknown', ip6: 'unknown' } } })[0]?.says).toMatch(
    /nothing is known of your NAT/,
  )
})

test('a home without a public address and without a relay is told whom to ask', () => {
  expect(about('relays', { network: { ...reach({ publicAddresses: [] }).network, ...noRelay } })[0]).toMatchObject({ level: 'warning' })
})

test('little room is a warning, none a fault, and a disk that cannot be looked at neither', () => {
  expect([
    about('disk', { freeBytes: 200 * 1024 ** 2 })[0]?.level,
    about('disk', { freeBytes: 0 })[0]?.level,
    about('disk', { freeBytes: null })[0]?.level,
  ]).toEqual(['warning', 'fault', 'note'])
})

test('a key directory that others can read is found on the disk, with the command that closes it', () => {
  const home = mkdtempSync(join(tmpdir(), 'porchlight-doctor-'))
  onTestFinished(() => rmSync(home, { recursive: true }))
  mkdirSync(join(home, 'keys'), { mode: 0o700 })
  expect(machineOf(home).openPaths).toEqual([])
  chmodSync(join(home, 'keys'), 0o755)
  const alone = examineAlone(machineOf(home), home)
  expect(alone.findings).toContainEqual(
    expect.objectContaining({ about: 'permissions', level: 'fault', remedy: `chmod 700 ${join(home, 'keys')}` }),
  )
  expect(alone.findings[0]).toMatchObject({ about: 'daemon', remedy: 'porchlight start' })
})

test('files of another user are found', () => {
  const home = mkdtempSync(join(tmpdir(), 'porchlight-doctor-'))
  onTestFinished(() => rmSync(home, { recursive: true }))
  expect(machineOf(home, 12_345).openPaths).toEqual([{ path: home, mode: '0700', foreign: true }])
})
