import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Transition } from '../ledger/ledger.ts'
import { ask, deliver, memoryLedger, offerTo, sampleManifest, twoSides } from '../testing/index.ts'
import { decodeCanonical } from '@porchlight/wire'

/** What the entries of one batch say, as `kind id`. */
const said = ({ audit }: Transition, kinds: (bytes: Uint8Array) => string): string[] =>
  audit.map(({ bytes, body }) => {
    const read = decodeCanonical(body!)
    const facts = (read.ok ? read.value : {}) as Record<string, string>
    return `${kinds(bytes)} ${facts['grant'] ?? facts['ask'] ?? ''}`
  })

it('37: each grant, deny, revoke and suspension has exactly one entry, in the batch that changes it', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom('offer', 'accept', 'revoke', 'ask', 'deny', 'suspend', 'clear'), { maxLength: 12 }),
      async (steps) => {
        const ledger = memoryLedger()
        const { ana, ben, time } = await twoSides({ ana: ledger })
        ana.consent.addManifest(sampleManifest)
        for (const step of steps) {
          const last = ana.consent.grants().findLast(({ state }) => state === 'ACTIVE' || state === 'SUSPENDED' || state === 'SCHEDULED')
          const pending = ana.consent.asks().find(({ state }) => state === 'PENDING')
          if (step === 'offer') await ana.consent.offer(offerTo(ben, time.nowMs()))
          else if (step === 'accept') {
            await deliver(ana, ben)
            for (const { id, state } of ben.consent.held()) if (state === 'OFFERED') await ben.consent.accept(id)
            await deliver(ben, ana)
          } else if (step === 'revoke' && last) await ana.consent.revoke(last.id)
          else if (step === 'ask') await ask(ben, ana, time).catch(() => undefined)
          else if (step === 'deny' && pending) await ana.consent.deny(pending.id)
          else if (step === 'suspend' && last) await ana.consent.suspend(last.id, 'stale')
          else if (step === 'clear' && last) await ana.consent.clear(last.id, 'stale')
        }
        const log = await ana.consent.log()
        const states = new Map<string, string>()
        let n = 0
        for (const batch of ledger.committed) {
          const kinds = batch.audit.map(() => log[n++]!.kind)
          const entries = said(batch, () => kinds.shift()!)
          for (const change of batch.changes) {
            if (change.table !== 'grants' && change.table !== 'asks') continue
            const { id, state } = change.value!
            const before = states.get(id)
            states.set(id, state)
            const expected =
              change.table === 'grants' && before === undefined
                ? 'grant'
                : state === before
                  ? undefined
                  : { REVOKED: 'revoke', DENIED: 'deny', BLOCKED: 'deny', ...(before === 'ACTIVE' ? { SUSPENDED: 'suspend' } : {}) }[
                      state as string
                    ]
            if (expected)
              expect(
                entries.filter((entry) => entry === `${expected} ${id}`),
                `${expected} ${id} in ${entries.join()}`,
              ).toHaveLength(1)
          }
        }
        const counted = log.map(({ kind, facts }) => `${kind} ${facts?.['grant'] ?? facts?.['ask']}`)
        const once = counted.filter((entry) => /^(grant|revoke|deny) /.test(entry))
        expect(new Set(once).size).toBe(once.length)
        await ana.consent[Symbol.asyncDispose]()
        await ben.consent[Symbol.asyncDispose]()
      },
    ),
    { numRuns: 25 },
  )
})
