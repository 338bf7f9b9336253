// Two figures of the gate, each beside the plainest way to the same answer, on one core in one process:
// decide() with 1,000 grants of one contact against a look at each of them; opening a signed grant against node:crypto's verify alone.
import { verify } from 'node:crypto'
import { covers } from '../packages/core/src/index.ts'
import { decide, grantType, indexGrants, type DecideCall, type DecidingGrant, type GrantBody } from '../packages/consent/src/index.ts'
import { householdOf } from '../packages/consent/src/testing/index.ts'
import { deviceIdOf, idOf, keyFromSeed, open, seal } from '../packages/wire/src/index.ts'
import { readEnvelope, signedBytes } from '../packages/wire/src/envelope.ts'
import { signerKey } from '../packages/wire/src/signer-keys.ts'

const nowSec = 1_800_000_000
const idAt = (n: number) => idOf(new Uint8Array(Buffer.from(`grant ${n}`)))
const [us, ben] = [householdOf('us'), householdOf('ben')]
const scopesAt = (location: string) => ['read', 'change'].map((id) => ({ id, locations: [location], max: {} }))

const grants = Array.from({ length: 1000 }, (_, n): DecidingGrant => ({
  id: idAt(n),
  household: ben,
  protocol: '/porchlight/share/1',
  state: n % 10 === 9 ? 'REVOKED' : 'ACTIVE',
  body: { nbf: nowSec - 1000, exp: nowSec + 1000 + n, scopes: scopesAt(`service-${n}`) },
}))
const index = indexGrants(grants)
/** Nine in ten are allowed; every second one asks for a room inside the granted one. */
const calls = Array.from({ length: 1000 }, (_, n): DecideCall => ({
  household: ben,
  protocol: '/porchlight/share/1',
  scope: 'read',
  location: n % 2 === 0 ? `service-${n}` : `service-${n}/2026/${n}`,
}))

/** The linear scan: every grant is looked at, as the rules are written. */
function byLinearScan(call: DecideCall): boolean {
  let best: DecidingGrant | undefined
  for (const grant of grants) {
    if (grant.household !== call.household || grant.protocol !== call.protocol || grant.state !== 'ACTIVE') continue
    const scope = grant.body.scopes.find(({ id }) => id === call.scope)
    if (!scope?.locations.some((location) => covers(location, call.location))) continue
    if (nowSec >= grant.body.nbf && nowSec < grant.body.exp && (!best || grant.body.exp > best.body.exp)) best = grant
  }
  return best !== undefined
}

interface Work {
  readonly rounds: number
  readonly once: (n: number) => unknown
}

/** Per second of one core: time on the processor counts, not time spent waiting for it beside other work. */
async function perSecond({ rounds, once }: Work): Promise<number> {
  const start = process.cpuUsage()
  for (let n = 0; n < rounds; n++) {
    const pending = once(n)
    if (pending instanceof Promise) await pending
  }
  const { user, system } = process.cpuUsage(start)
  return (rounds * 1e6) / (user + system)
}

/** How often a second each of the two, in turns; the best of seven, since what disturbs a round only ever makes it slower. */
async function sideBySide(one: Work, other: Work): Promise<[number, number]> {
  const best: [number, number] = [0, 0]
  for (let round = 0; round < 7; round++) {
    best[0] = Math.max(best[0], await perSecond(one))
    best[1] = Math.max(best[1], await perSecond(other))
  }
  return [Math.round(best[0]), Math.round(best[1])]
}

for (const call of calls) if (decide(call, index, nowSec * 1000).allow !== byLinearScan(call)) throw new Error('the two ways do not agree')
const [decided, linear] = await sideBySide(
  { rounds: 300_000, once: (n) => decide(calls[n % 1000]!, index, nowSec * 1000) },
  { rounds: 2000, once: (n) => byLinearScan(calls[n % 1000]!) },
)

const key = await keyFromSeed(new Uint8Array(32).fill(7))
const body = (n: number): GrantBody => ({
  iss: us,
  dev: deviceIdOf(key),
  doc: idAt(0),
  aud: { household: ben },
  manifest: idAt(1),
  shown: { hash: idAt(2), lang: 'en' },
  scopes: scopesAt(`service-${n}`),
  purposes: ['dpv:PersonalUse'],
  nbf: nowSec,
  exp: nowSec + 1000,
  fresh: 0,
  introduce: 0,
  retention: 'recipient-decides',
  onward: 'not-agreed',
  ask: null,
  renews: null,
  nonce: new Uint8Array(16).fill(n),
})
const sealed = await Promise.all(Array.from({ length: 200 }, async (_, n) => (await seal(grantType, body(n), key)).bytes))
const raw = sealed.map((bytes) => {
  const { publicKey, payloadType, payload, signature } = readEnvelope(bytes)!
  const signer = signerKey(publicKey)
  if (typeof signer === 'string') throw new Error(signer)
  return { data: signedBytes('porchlight/grant/1', payloadType, payload), signature, key: signer.key }
})
const [opened, verified] = await sideBySide(
  {
    rounds: 2000,
    once: async (n) => {
      if (!(await open(grantType, sealed[n % 200]!)).ok) throw new Error('refused')
    },
  },
  {
    rounds: 2000,
    once: (n) => {
      const { data, signature, key: signer } = raw[n % 200]!
      if (!verify(null, data, signer, signature)) throw new Error('signature')
    },
  },
)

console.log(
  JSON.stringify({
    bench: 'consent',
    grants: grants.length,
    decidePerSecond: decided,
    linearScanPerSecond: linear,
    decideRatio: Number((decided / linear).toFixed(1)),
    objectBytes: sealed[0]!.byteLength,
    openAndVerifyPerSecond: opened,
    rawVerifyPerSecond: verified,
    openRatio: Number((opened / verified).toFixed(2)),
  }),
)
