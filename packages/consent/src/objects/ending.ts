import { signedType } from '@porchlight/wire'
import * as z from 'zod'
import { device, household, nonce, objects, sec, word } from './fields.ts'

/** The owner ends grants. @see protocols/consent/SPEC.md#revoke */
export const revokeType = signedType('revoke', 1, {
  iss: household,
  dev: device,
  grants: objects,
  erasure: z.enum(['request', 'none']),
  reason: word.nullable(),
  at: sec,
  nonce,
})
export type RevokeBody = z.infer<(typeof revokeType)['schema']>

/** The recipient gives grants back, or declines offered ones. `erased` is a claim, not a proof. @see protocols/consent/SPEC.md#renounce */
export const renounceType = signedType('renounce', 1, {
  iss: household,
  dev: device,
  grants: objects,
  erased: z.enum(['claimed', 'no']),
  at: sec,
  nonce,
})
export type RenounceBody = z.infer<(typeof renounceType)['schema']>
