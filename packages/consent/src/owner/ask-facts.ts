import type { AskRecord, OwnAskRecord } from '../ledger/ledger.ts'
import { serviceOf } from '../views.ts'

/** What the log says of an ask. */
export const askFacts = ({ id, household, protocol, body }: AskRecord | OwnAskRecord): Record<string, string> => ({
  ask: id,
  household,
  protocol,
  service: serviceOf(body.scopes),
})
