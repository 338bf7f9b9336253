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
  'cooled',
] as const
export type AskEvent = (typeof askEvents)[number]

/** The owner's table of protocols/consent/SPEC.md#states: from, event, to. What is not here cannot happen. */
export const askTransitions: { readonly [S in AskState]: { readonly [E in AskEvent]?: AskState } } = {
  NONE: { ask: 'PENDING', 'over-quota': 'NONE' },
  PENDING: { approve: 'APPROVED', narrow: 'COUNTERED', snooze: 'SNOOZED', deny: 'DENIED', lapse: 'LAPSED', block: 'BLOCKED' },
  COUNTERED: { 'exact-accept': 'APPROVED', 'other-answer': 'LAPSED', lapse: 'LAPSED' },
  SNOOZED: { wake: 'PENDING', approve: 'APPROVED', deny: 'DENIED', lapse: 'LAPSED', block: 'BLOCKED' },
  DENIED: { cooled: 'NONE', block: 'BLOCKED' },
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

/** States of an ask of our own. The other household never tells us "no": its ask simply lapses. */
export type OwnAskState = 'PENDING' | 'ANSWERED' | 'LAPSED'
