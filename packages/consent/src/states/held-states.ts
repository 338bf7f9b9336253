import { PorchlightError } from '@porchlight/core'

/** States of a grant on the recipient's side: a record of what we may do elsewhere. The owner's side alone decides. */
export const heldStates = ['OFFERED', 'HELD', 'DECLINED', 'RENOUNCED', 'REVOKED', 'EXPIRED', 'SUPERSEDED'] as const
export type HeldState = (typeof heldStates)[number]

export const heldEvents = ['accept', 'decline', 'renounce', 'revoke', 'expire', 'supersede'] as const
export type HeldEvent = (typeof heldEvents)[number]

/** A revocation is recorded in every state, because deliveries arrive in any order and the signed record counts. */
export const heldTransitions: { readonly [S in HeldState]: { readonly [E in HeldEvent]?: HeldState } } = {
  OFFERED: { accept: 'HELD', decline: 'DECLINED', revoke: 'REVOKED', expire: 'EXPIRED' },
  HELD: { renounce: 'RENOUNCED', revoke: 'REVOKED', expire: 'EXPIRED', supersede: 'SUPERSEDED' },
  DECLINED: { revoke: 'REVOKED' },
  RENOUNCED: { revoke: 'REVOKED' },
  REVOKED: { revoke: 'REVOKED' },
  EXPIRED: { revoke: 'REVOKED' },
  SUPERSEDED: { revoke: 'REVOKED' },
}

/** @throws `INTERNAL` for an event that cannot happen in this state */
export function nextHeldState(state: HeldState, event: HeldEvent): HeldState {
  const to = heldTransitions[state][event]
  if (to === undefined)
    throw new PorchlightError('INTERNAL', `held grant in state ${state} cannot ${event}`, { reason: 'impossible-transition' })
  return to
}
