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
