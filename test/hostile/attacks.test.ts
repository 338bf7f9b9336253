import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { root } from '../../scripts/workspaces.mjs'

/** Every attack that the design names, and the test that plays it. One that needs kills or a whole machine stands in the suite that has them. */
const attacks: readonly (readonly [attack: string, file: string, title: string])[] = [
  ['open without a grant', 'test/hostile/grants.test.ts', 'opens without a grant'],
  ['present another’s grant', 'test/hostile/grants.test.ts', 'presents another household’s grant'],
  ['keep streaming after revoke', 'test/hostile/grants.test.ts', 'keeps reading a stream after the revocation'],
  ['keep relaying after revoke', 'packages/node/src/relaying.test.ts', 'ends what it carries when it revokes, at once'],
  ['revoke racing open', 'test/invariants/gate.test.ts', 'invariant(9, '],
  ['revoke racing open, over real sockets', 'test/hostile/grants.test.ts', 'races hundreds of opens against the revocation'],
  ['kill -9 during revoke', 'test/faults/kills.test.ts', 'kill'],
  ['disk full during revoke', 'packages/store/src/crash.test.ts', 'full disk'],
  ['restore an old backup', 'packages/node/src/rollback.test.ts', 'of everything is noticed as soon as a contact gives back'],
  ['partitioned sibling device still serving', 'test/devices/control.test.ts', 'a laptop that hears of nobody stops serving'],
  ['clock back and forward', 'test/hostile/time.test.ts', 'sets it forward and back'],
  ['replayed ask', 'test/hostile/objects.test.ts', 'a flood of asks fills the quota'],
  ['replayed grant', 'test/hostile/grants.test.ts', 'sends again the offer of a grant that was revoked'],
  ['replayed invite', 'test/hostile/strangers.test.ts', 'use a link that was used already'],
  ['cross-type signature reuse', 'test/hostile/objects.test.ts', 'a signature made for one type'],
  ['non-canonical, depth-bomb and oversize objects', 'test/hostile/objects.test.ts', 'bombs are refused in less than 5 ms'],
  ['torsion identity', 'test/invariants/objects.test.ts', 'invariant(6, '],
  ['secp256k1 identity', 'test/hostile/objects.test.ts', 'a device whose key is not Ed25519'],
  ['path tricks', 'test/hostile/grants.test.ts', 'asks for the room'],
  ['a new restricting caveat sent to an old node', 'test/hostile/objects.test.ts', 'a caveat that this version does not know'],
  ['manifest swapped after consent', 'test/hostile/objects.test.ts', 'a manifest that is swapped after consent'],
  ['ask flood', 'test/hostile/objects.test.ts', 'a flood of asks fills the quota'],
  ['Sybil strangers', 'test/hostile/strangers.test.ts', 'two hundred of them'],
  ['probing for block or app presence', 'test/hostile/grants.test.ts', 'learns from no answer'],
  ['malicious local app borrowing a grant', 'test/hostile/local.test.ts', 'cannot act in another under that one’s grant'],
  ['stolen device', 'packages/node/src/household.test.ts', 'a stolen device that another one suspends'],
  ['stolen root', 'packages/node/src/household.test.ts', 'a thief of the root is in until the owner rotates'],
  ['tampered or truncated audit log', 'test/hostile/record.test.ts', 'the next check of the log says where'],
]

test.each(attacks)('the attack “%s” is played by a test', (_attack, file, title) => {
  expect(readFileSync(join(root, file), 'utf8')).toContain(title)
})
