import type { LimitRow } from './limits.ts'

const dayMs = 24 * 60 * 60_000

/** Bounds of asks that wait and of blocks: rows of the one table in `limits.ts`. */
export const askLimits = {
  asksPendingPerProtocol: { value: 1, unit: 'asks', why: 'pending asks of one contact for one protocol and location' },
  asksPendingPerContact: { value: 3, unit: 'asks', why: 'pending asks of one contact' },
  asksPerContactPerDay: { value: 5, unit: 'asks', why: 'new asks of one contact in a day' },
  asksPending: { value: 200, unit: 'asks', why: 'pending asks in all; when full, new ones are refused and nothing is evicted' },
  textsPerProtocol: {
    value: 8,
    unit: 'texts',
    why: 'versions of the consent text of one protocol under which a contact may ask, and we may ask a contact; the oldest goes first',
  },
  askLapseMs: { value: 30 * dayMs, unit: 'ms', why: 'an ask that nobody answers lapses' },
  askCooldownFirstMs: { value: dayMs, unit: 'ms', why: 'how long asks of a contact for a protocol are dropped after the first no' },
  askCooldownSecondMs: { value: 7 * dayMs, unit: 'ms', why: 'the same after the second no' },
  askCooldownThirdMs: { value: 30 * dayMs, unit: 'ms', why: 'the same after the third no; the fourth blocks' },
  askAnswerMs: {
    value: 100,
    unit: 'ms',
    why: 'an ask is answered no sooner than this, so that a stored one and a dropped one take the same time',
  },
  asksPendingFromStrangers: {
    value: 20,
    unit: 'asks',
    why: 'pending asks of invitees and of members of a community, who cost nothing to make; contacts keep their places',
  },
  digestEveryMs: { value: dayMs, unit: 'ms', why: 'a person is told at most this often that something waits for a decision' },
  digestContacts: { value: 50, unit: 'contacts', why: 'contacts that one digest names; it says how many more there are' },
  digestItemsPerContact: { value: 8, unit: 'asks', why: 'asks and offers of one contact that one digest names' },
  blocks: { value: 256, unit: 'blocks', why: 'blocks that stand at once; every admission looks at those of its contact' },
} as const satisfies Readonly<Record<string, LimitRow>>
