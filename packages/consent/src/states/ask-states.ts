import { PorchlightError } from '@porchlight/core'

/** States of an ask on the owner's side. APPROVED is where the grant's own states begin. */
export const askStates = ['NONE', 'PENDING', 'COUNTERED', 'SNOOZED', 'APPROVED', 'DENIED', 'LAPSED', 'BLOCKED'] as const
export type AskState = (typeof askStates)[number]

export const askEvents = [
  'ask',
  'over-quota',
  'approve',
  'narrow',
  'exact-accept',
  'other-answer',
  'snooze',
  'wake',
  'deny',
  'lapse',
  'block',
] as const
export type AskEvent = (typeof askEvents)[number]

/** The owner's table of protocols/consent/SPEC.md#states: from, event, to. What is not here cannot happen. */
export const askTransitions: { readonly [S in AskState]: { readonly [E in AskEvent]?: AskState } } = {
  NONE: { ask: 'PENDING', 'over-quota': 'NONE' },
  PENDING: { approve: 'APPROVED', narrow: 'COUNTERED', snooze: 'SNOOZED', deny: 'DENIED', lapse: 'LAPSED', block: 'BLOCKED' },
  COUNTERED: { 'exact-accept': 'APPROVED', 'other-answer': 'LAPSED', lapse: 'LAPSED' },
  SNOOZED: {
    wake: 'PENDING',
    snooze: 'SNOOZED',
    approve: 'APPROVED',
    narrow: 'COUNTERED',
    deny: 'DENIED',
    lapse: 'LAPSED',
    block: 'BLOCKED',
  },
  // An end like the others: what a "no" does to later asks is kept beside it, as a cooldown.
  DENIED: {},
  APPROVED: {},
  LAPSED: {},
  BLOCKED: {},
}

/** @throws `INTERNAL` for an event that cannot happen in this state */
export function nextAskState(state: AskState, event: AskEvent): AskState {
  const to = askTransitions[state][event]
  if (to === undefined) throw new PorchlightError('INTERNAL', `ask in state ${state} cannot ${event}`, { reason: 'impossible-transition' })
  return to
}

/** Whether an ask waits for somebody: it has its place in the quotas, also while it sleeps or while the asker looks at our counter-offer. */
export const isWaiting = (state: AskState): boolean => state === 'PENDING' || state === 'SNOOZED' || state === 'COUNTERED'

/** States of an ask of our own. The other household never tells us "no": our ask simply lapses. */
export const ownAskStates = ['PENDING', 'COUNTERED', 'ANSWERED', 'LAPSED'] as const
export type OwnAskState = (typeof ownAskStates)[number]

export const ownAskEvents = ['answer', 'counter', 'accept', 'decline', 'lapse'] as const
export type OwnAskEvent = (typeof ownAskEvents)[number]

/** An accepted counter-offer goes on as an ask of its own, with exactly its terms; that one is answered by the grant. */
export const ownAskTransitions: { readonly [S in OwnAskState]: { readonly [E in OwnAskEvent]?: OwnAskState } } = {
  PENDING: { answer: 'ANSWERED', counter: 'COUNTERED', lapse: 'LAPSED' },
  COUNTERED: { accept: 'ANSWERED', decline: 'LAPSED', lapse: 'LAPSED' },
  ANSWERED: {},
  LAPSED: {},
}

/** @throws `INTERNAL` for an event that cannot happen in this state */
export function nextOwnAskState(state: OwnAskState, event: OwnAskEvent): OwnAskState {
  const to = ownAskTransitions[state][event]
  if (to === undefined)
    throw new PorchlightError('INTERNAL', `own ask in state ${state} cannot ${event}`, { reason: 'impossible-transition' })
  return to
}
