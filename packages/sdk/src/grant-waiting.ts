import { covers, PorchlightError } from '@porchlight/core'
import type { Backend } from './backend.ts'
import type { EventHub } from './event-hub.ts'
import { givenUp, orGivenUp } from './giving-up.ts'
import type { Grant, Waiting } from './porchlight.ts'

/** What is waited for. */
export interface Awaited {
  readonly household: string
  readonly protocol: string
  readonly location: string
  /** Set where an ask of ours has to be answered: then its end without a grant ends the wait, and these grants, from before it, do not count. */
  readonly before?: ReadonlySet<string>
}

const isOver = (state: string): boolean => !['OFFERED', 'SCHEDULED', 'ACTIVE', 'SUSPENDED'].includes(state)

const noGrant = (says: string, reason: string) => new PorchlightError('CONSENT_REQUIRED', says, { reason })

/**
 * Waits until a grant that covers what is wanted is in force here.
 *
 * @throws `CONSENT_REQUIRED` with reason `ask-lapsed` or `ask-declined` (by our own household) when there is an ask and it came to nothing
 */
export async function waitForGrant(backend: Backend, hub: EventHub, wanted: Awaited, { signal }: Waiting): Promise<Grant> {
  const events = hub.events(signal ? { signal } : {})
  const fits = (grant: Grant): boolean =>
    grant.direction === 'received' &&
    grant.household === wanted.household &&
    grant.protocol === wanted.protocol &&
    covers(grant.location, wanted.location) &&
    wanted.before?.has(grant.id) !== true

  const options = signal ? { signal } : {}
  const look = async (): Promise<Grant | undefined> => {
    // Asks first: the answer to one and the grant come in the same instant.
    const asks = wanted.before ? await backend.asks(options) : []
    const grants = (await backend.grants(options)).filter(fits)
    const found = grants.find(({ state }) => state === 'ACTIVE')
    if (found || !wanted.before) return found
    // A counter-offer that is accepted goes on as another ask for the same.
    const waits = asks.some(
      ({ household, protocol, location }) => household === wanted.household && protocol === wanted.protocol && location === wanted.location,
    )
    if (waits || grants.some(({ state }) => !isOver(state))) return undefined
    throw grants.length > 0 ? noGrant('what came of the ask is over', 'ask-declined') : noGrant('nobody agreed in time', 'ask-lapsed')
  }

  try {
    for (;;) {
      const found = await orGivenUp(look(), signal).catch((error: unknown) => {
        // A daemon that is away for now comes back; the wait goes on.
        if ((error as { code?: string }).code === 'UNREACHABLE') return undefined
        throw error
      })
      if (found) return found
      if ((await events.next()).done === true)
        throw signal?.aborted ? givenUp(signal) : new PorchlightError('CLOSED', 'the household was closed')
    }
  } finally {
    await events.return()
  }
}
