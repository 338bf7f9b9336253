import { limits } from '@porchlight/core'
import type { Consent } from '@porchlight/consent'
import type { SentUsage } from '@porchlight/protocol-household'

/** What this device used of its limits, in turns: of more than fit into one message, each message has the next ones. */
export class UsageTurns {
  readonly #consent: Pick<Consent, 'usage'>
  #from = 0

  constructor(consent: Pick<Consent, 'usage'>) {
    this.#consent = consent
  }

  /** @returns at most `limits.usageRowsPerPage` */
  next(): SentUsage[] {
    const all = this.#consent.usage()
    if (this.#from >= all.length) this.#from = 0
    const end = this.#from + limits.usageRowsPerPage
    const rows = [...all.slice(this.#from, end), ...all.slice(0, Math.min(this.#from, Math.max(0, end - all.length)))]
    this.#from = end >= all.length ? end - all.length : end
    return rows.map(({ grant, scope, total, day, today }) => ({ grant, scope, total, day, today }))
  }
}
