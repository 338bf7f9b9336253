import { open, type SignedType } from '@porchlight/wire'
import type { DeviceId, HouseholdId } from '@porchlight/core'
import type { ConsentContext } from '../context.ts'
import type { Fact } from '../ledger/ledger.ts'
import type { KnownFact } from './fact-index.ts'
import { factTypes } from './fact-types.ts'

/** `waits`: well-formed, but this device does not know the signer, yet. */
export type Verified = { readonly fact: KnownFact } | { readonly because: 'waits' | 'refused' }

/** What lifts: it is taken from devices that may lift now. That they once could says nothing of when they signed. */
const lifts: ReadonlySet<string> = new Set(['unblock', 'resume'])
const ownOnly: ReadonlySet<string> = new Set(['given', 'deny', 'block', 'unblock', 'pause', 'resume', 'contact', 'erase'])

/**
 * Checks a fact that a sibling sent as if its signer had sent it: envelope, signature, canonical form, schema, id, and whether that device may
 * sign this for that household. A text is only content, which the objects that name its hash vouch for, so it may be signed by anybody.
 */
export async function verify({ self, options }: Pick<ConsentContext, 'self' | 'options'>, { kind, id, bytes }: Fact): Promise<Verified> {
  const type = Object.hasOwn(factTypes, kind) ? (factTypes[kind] as SignedType<unknown>) : undefined
  if (!type) return { because: 'refused' }
  let isOdd = false
  const opened = await open(type, bytes, (signer, body) => {
    if (kind === 'manifest') return true
    const { iss, dev } = body as { iss: HouseholdId; dev: DeviceId }
    isOdd = dev !== signer || (iss !== self.household && (ownOnly.has(kind) || !concerns(kind, body, self.household)))
    return !isOdd && (lifts.has(kind) ? options.maySign : (options.couldSign ?? options.maySign))(iss, signer, kind)
  })
  if (!opened.ok) return { because: opened.because === 'signer' && !isOdd ? 'waits' : 'refused' }
  if (opened.object.id !== id) return { because: 'refused' }
  return { fact: { kind, id, bytes, body: opened.object.body } as KnownFact }
}

/** Whether an object of another household is any business of ours. Endings and receipts name grants, which say so themselves. */
function concerns(kind: string, body: unknown, self: HouseholdId): boolean {
  if (kind === 'ask') return (body as { to: HouseholdId }).to === self
  if (kind === 'grant') return (body as { aud: { household?: HouseholdId } }).aud.household === self
  return true
}
