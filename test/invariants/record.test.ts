import { verifyAudit, type Change, type Transition } from '@porchlight/consent'
import {
  activeGrant,
  ask,
  memoryLedger,
  offerTo,
  sampleManifest,
  twoSides,
  type MemoryLedger,
  type Side,
} from '@porchlight/consent/testing'
import * as fc from 'fast-check'
import { expect } from 'vitest'
import { invariant, runs } from './invariant.ts'

/** Everything that a household may decide or be told, one after another. */
const decisions = fc.array(
  fc.constantFrom(
    'offer',
    'active',
    'approve',
    'deny',
    'revoke',
    'suspend',
    'clear',
    'panic',
    'resume',
    'halt',
    'unhalt',
    'renounce',
    'remove',
  ),
  { minLength: 1, maxLength: 8 },
)

async function act(step: string, { ana, ben, time }: Awaited<ReturnType<typeof twoSides>>): Promise<void> {
  const { consent } = ana
  const now = time.nowMs()
  const active = consent.grants().find(({ state }) => state === 'ACTIVE' || state === 'SUSPENDED')
  const shown = { text: 'May open.', lang: 'en' }
  if (step === 'offer') await consent.offer(offerTo(ben, now))
  if (step === 'active') await activeGrant(ana, ben, now)
  if (step === 'approve' || step === 'deny') {
    const waiting = await ask(ben, ana, time, { service: `room${now % 1000}` })
    if (waiting && step === 'approve') await consent.approve(waiting.id, { shown })
    if (waiting && step === 'deny') await consent.deny(waiting.id)
  }
  if (active && step === 'revoke') await consent.revoke(active.id)
  if (active && step === 'suspend') await consent.suspend(active.id, 'stale')
  if (active && step === 'clear') await consent.clear(active.id, 'stale')
  if (active && step === 'renounce') {
    await ben.consent.renounce(active.id)
    const sent = ben.consent.outbox().find(({ kind }) => kind === 'renounce')!
    await consent.receiveRenounce(sent.bytes, ben.household)
    await ben.consent.delivered(sent.id)
  }
  if (step === 'panic') await consent.panic()
  if (step === 'resume') await consent.resume()
  if (step === 'halt') await consent.halt('locked')
  if (step === 'unhalt') await consent.unhalt('locked')
  if (step === 'remove') await consent.revokeAll(ben.household)
}

/** What a batch changes that a household must find in its log, in the log's own words. */
function expectedKinds({ changes }: Transition, before: ReadonlyMap<string, { state: string; causes: readonly string[] }>): string[] {
  return changes.flatMap((change: Change) => {
    if (change.table === 'grants' && change.value) {
      const { id, state, causes } = change.value
      const was = before.get(id)
      const kinds: string[] = []
      if (!was) kinds.push('grant')
      if (state === 'REVOKED' && was?.state !== 'REVOKED') kinds.push('revoke')
      if (was && causes.length > was.causes.length) kinds.push('suspend')
      if (was && causes.length < was.causes.length && state !== 'REVOKED') kinds.push('clear')
      return kinds
    }
    if (change.table === 'asks' && change.value?.state === 'DENIED') return ['deny']
    if (change.table === 'halts') return [change.value === null ? 'unhalt' : 'halt']
    return []
  })
}

// Broken by: packages/consent/src/owner/asked.ts: `entries: [{ kind: 'deny',` → `entries: [{ kind: 'deny2',`
invariant(37, async () => {
  const counted = ['grant', 'revoke', 'suspend', 'clear', 'deny', 'halt', 'unhalt']
  await fc.assert(
    fc.asyncProperty(decisions, async (steps) => {
      const ledger = memoryLedger()
      const sides = await twoSides({ ana: ledger })
      sides.ana.consent.addManifest(sampleManifest)
      for (const step of steps) await act(step, sides).catch(() => {})
      const kindOf = new Map((await sides.ana.consent.log()).map(({ n, kind }) => [n, kind]))
      const grants = new Map<string, { state: string; causes: readonly string[] }>()
      for (const batch of ledger.committed) {
        const found = batch.audit.map(({ n }) => kindOf.get(n)!).filter((kind) => counted.includes(kind))
        expect(found.toSorted()).toEqual(expectedKinds(batch, grants).toSorted())
        for (const { table, value } of batch.changes) if (table === 'grants' && value) grants.set(value.id, value)
      }
    }),
    { numRuns: runs },
  )
})

/** A log of a dozen entries, with its head. */
async function written(): Promise<{ ana: Side; ledger: MemoryLedger }> {
  const ledger = memoryLedger()
  const sides = await twoSides({ ana: ledger })
  sides.ana.consent.addManifest(sampleManifest)
  for (const step of ['active', 'deny', 'panic', 'resume', 'approve', 'revoke', 'offer', 'remove']) await act(step, sides)
  return { ana: sides.ana, ledger }
}

// Broken by: packages/consent/src/log/audit.ts: `!timingSafeEqual(macOf(record.salt, record.body), body.body)` → `false`
invariant(38, async () => {
  const { ana, ledger } = await written()
  const { head } = await ledger.load()
  const whole = [...ledger.entries]
  expect((await verifyAudit(whole, ana.device, head)).ok).toBe(true)
  await fc.assert(
    fc.asyncProperty(
      fc.nat(),
      fc.constantFrom('bytes', 'body', 'salt'),
      fc.nat(),
      fc.integer({ min: 1, max: 255 }),
      async (at, part, where, mask) => {
        const index = at % whole.length
        const entry = whole[index]!
        const changed = new Uint8Array(entry[part]!)
        changed[where % changed.byteLength]! ^= mask
        const tampered = whole.with(index, { ...entry, [part]: changed })
        expect((await verifyAudit(tampered, ana.device, head)).ok).toBe(false)
      },
    ),
    { numRuns: runs },
  )
  for (let left = 0; left < whole.length; left += 1) expect((await verifyAudit(whole.slice(0, left), ana.device, head)).ok).toBe(false)
  for (let at = 0; at < whole.length; at += 1) expect((await verifyAudit(whole.toSpliced(at, 1), ana.device, head)).ok).toBe(false)
})

// Broken by: packages/consent/src/log/audit.ts: `if ((record.body === null) !== (record.salt === null)) return` → `if (record.body === null) return`
invariant(39, async () => {
  const { ana, ledger } = await written()
  const { head } = await ledger.load()
  const whole = [...ledger.entries]
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(), { maxLength: 20 }), async (erased) => {
      const left = whole.map((entry, index) =>
        erased.some((at) => at % whole.length === index) ? { ...entry, body: null, salt: null } : entry,
      )
      expect(await verifyAudit(left, ana.device, head)).toMatchObject({ ok: true, entries: whole.length })
    }),
    { numRuns: Math.min(runs, 2000) },
  )
  // Half of a body is no erasure.
  for (const part of ['body', 'salt'] as const) {
    const half = whole.with(0, { ...whole[0]!, [part]: null })
    expect((await verifyAudit(half, ana.device, head)).ok).toBe(false)
  }
})
