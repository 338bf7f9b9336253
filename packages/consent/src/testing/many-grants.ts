import { idOf } from '@porchlight/wire'
import { putGrant } from '../ledger/state.ts'
import { dayMs, deliver, offerTo } from './agreements.ts'
import type { ManualTime } from './manual-time.ts'
import { memoryLedger, type MemoryLedger } from './memory-ledger.ts'
import { side, type Side } from './two-sides.ts'

/**
 * Ana with so many grants in force to Ben, for 300 days: one that both signed, and copies of its record under other ids. To sign hundreds takes a test
 * seconds, and what deals with many of them looks at records only.
 */
export async function manyGrants(time: ManualTime, count: number): Promise<{ ana: Side; ben: Side; ledger: MemoryLedger }> {
  const ledger = memoryLedger()
  const first = await side('ana', time, ledger)
  const ben = await side('ben', time)
  const { id } = await first.consent.offer({ ...offerTo(ben, time.nowMs()), expMs: time.nowMs() + 300 * dayMs })
  await deliver(first, ben)
  await ben.consent.accept(id)
  await deliver(ben, first)
  await first.consent[Symbol.asyncDispose]()
  const { grants, head, highestMs } = await ledger.load()
  const copies = Array.from({ length: count - 1 }, (_, n) => ({ ...grants[0]!, id: idOf(new TextEncoder().encode(`copy ${n}`)) }))
  await ledger.commit({ changes: copies.map(putGrant), audit: [], head, highestMs })
  return { ana: await first.reopen(), ben, ledger }
}
