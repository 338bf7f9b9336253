import { householdId, PorchlightError } from '@porchlight/core'
import type { OutboxEntry } from '@porchlight/consent'
import { expect, test } from 'vitest'
import { Outbox } from './outbox.ts'

const to = householdId(`b${'a'.repeat(52)}`)

/** An outbox of entries of these kinds, in order; `refuse` says how the other side answers one. */
function outboxOf(kinds: OutboxEntry['kind'][], refuse: (kind: string) => PorchlightError | undefined) {
  const waiting = new Map(kinds.map((kind, n) => [`${kind}-${n}`, { id: `${kind}-${n}`, to, kind } as unknown as OutboxEntry]))
  const tried: string[] = []
  const outbox = new Outbox(
    { outbox: () => [...waiting.values()], delivered: async (id) => void waiting.delete(id) },
    async (entry) => {
      tried.push(entry.id)
      const error = refuse(entry.kind)
      if (error) throw error
    },
    () => {},
  )
  return { outbox, tried, waiting }
}

test('a revocation goes first, and an offer the other side will not take does not stand in its way', async () => {
  const { outbox, tried, waiting } = outboxOf(['grant', 'ask', 'revoke'], (kind) =>
    kind === 'grant' ? new PorchlightError('BUSY', 'full') : undefined,
  )
  await outbox.send(to)
  expect(tried).toEqual(['revoke-2', 'grant-0', 'ask-1'])
  expect([...waiting.keys()]).toEqual(['grant-0'])
})

test('one that cannot be reached is not tried once for each thing that waits', async () => {
  const { outbox, tried, waiting } = outboxOf(['grant', 'ask'], () => new PorchlightError('UNREACHABLE', 'no path'))
  await outbox.send(to)
  expect(tried).toEqual(['grant-0'])
  expect(waiting.size).toBe(2)
})

test('closing gives up a delivery that is under way, and keeps what it was', async () => {
  let given: AbortSignal | undefined
  const entry = { id: 'grant-0', to, kind: 'grant' } as unknown as OutboxEntry
  const outbox = new Outbox(
    { outbox: () => [entry], delivered: async () => expect.unreachable('it was not delivered') },
    (_entry, { signal }) => {
      given = signal
      return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)))
    },
    () => {},
  )
  const sending = outbox.send(to)
  await outbox.close()
  await sending
  expect(given?.aborted).toBe(true)
})

test('a call waits while a receipt is on its way, and for nothing else', async () => {
  const { outbox, tried } = outboxOf(['ask', 'revoke'], () => undefined)
  await outbox.receiptsFirst(to)
  expect(tried).toEqual([])
  const accepted = outboxOf(['ask', 'receipt'], () => undefined)
  await accepted.outbox.receiptsFirst(to)
  expect(accepted.tried).toEqual(['ask-0', 'receipt-1'])
})

test('a call whose contact takes no receipt goes on and finds out why; one that is given up waits no longer', async () => {
  const { outbox, waiting } = outboxOf(['receipt'], () => new PorchlightError('UNREACHABLE', 'no path'))
  await outbox.receiptsFirst(to)
  expect(waiting.size).toBe(1)
  const entry = { id: 'receipt-0', to, kind: 'receipt' } as unknown as OutboxEntry
  const slow = new Outbox(
    { outbox: () => [entry], delivered: async () => {} },
    () => new Promise(() => {}),
    () => {},
  )
  const callGivenUp = new AbortController()
  const waitingCall = slow.receiptsFirst(to, callGivenUp.signal)
  callGivenUp.abort(new PorchlightError('TIMEOUT', 'given up'))
  await expect(waitingCall).rejects.toMatchObject({ code: 'TIMEOUT' })
})

test('calls do not keep each other waiting while a receipt is refused', async () => {
  const calls: Promise<void>[] = []
  const { outbox, tried } = outboxOf(['receipt'], () => {
    if (calls.length < 3) calls.push(outbox.receiptsFirst(to))
    return new PorchlightError('BUSY', 'full')
  })
  await outbox.receiptsFirst(to)
  await Promise.all(calls)
  expect(tried).toEqual(['receipt-0'])
})
