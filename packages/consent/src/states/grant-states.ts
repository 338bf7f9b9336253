import { PorchlightError } from '@porchlight/core'

/**
 * States of a grant on the owner's side. Traffic flows only in ACTIVE. SCHEDULED also covers a grant that we signed and whose receipt
 * is outstanding: no payload before both signatures. REVOKING is "denied already, not yet durable".
 */
export const grantStates = ['SCHEDULED', 'ACTIVE', 'SUSPENDED', 'REVOKING', 'REVOKED', 'EXPIRED', 'RENOUNCED', 'SUPERSEDED'] as const
export type GrantState = (typeof grantStates)[number]

/** `suspend` adds a cause, `resume` takes the last one away; what holds the whole household moves no grant, it only shows all ACTIVE ones as SUSPENDED. @see causes.ts */
export const grantEvents = ['start', 'suspend', 'resume', 'expire', 'renounce', 'supersede', 'revoke', 'synced'] as const
export type GrantEvent = (typeof grantEvents)[number]

const ending = { expire: 'EXPIRED', renounce: 'RENOUNCED', supersede: 'SUPERSEDED', revoke: 'REVOKING' } as const

/** The owner's table of protocols/consent/SPEC.md#states: from, event, to. What is not here cannot happen. */
export const grantTransitions: { readonly [S in GrantState]: { readonly [E in GrantEvent]?: GrantState } } = {
  SCHEDULED: { start: 'ACTIVE', ...ending },
  ACTIVE: { suspend: 'SUSPENDED', ...ending },
  SUSPENDED: { resume: 'ACTIVE', suspend: 'SUSPENDED', ...ending },
  REVOKING: { synced: 'REVOKED', revoke: 'REVOKING' },
  REVOKED: {},
  EXPIRED: {},
  RENOUNCED: {},
  SUPERSEDED: {},
}

/** @throws `INTERNAL` for an event that cannot happen in this state */
export function nextGrantState(state: GrantState, event: GrantEvent): GrantState {
  const to = grantTransitions[state][event]
  if (to === undefined)
    throw new PorchlightError('INTERNAL', `grant in state ${state} cannot ${event}`, { reason: 'impossible-transition' })
  return to
}

/** Whether nothing can happen to the grant any more. */
export const isOver = (state: GrantState): boolean => Object.keys(grantTransitions[state]).length === 0
