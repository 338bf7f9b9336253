import type { FactKind, LogEntry } from '@porchlight/consent'
import type { LogEntryView } from './views.ts'
/** Reads one fact of an entry, with a household shown by our petname for it. */
type Fact = (key: string) => string

const about = (fact: Fact): string => (fact('service') === '?' ? fact('protocol') : fact('service'))

/** What devices of one household tell each other, in words. */
const learnedKinds: Readonly<Record<FactKind, string>> = {
  manifest: 'a consent text',
  ask: 'an ask',
  grant: 'an agreement',
  given: 'what was shown when it was agreed',
  receipt: 'an acceptance',
  revoke: 'a revocation',
  renounce: 'something given back',
  deny: 'a no',
  block: 'a block',
  unblock: 'a block or a no that was lifted',
  pause: 'a stop of everything',
  resume: 'the end of a stop, or something confirmed',
  contact: 'a contact',
  erase: 'something to be erased on every device',
}

/** The household's own words for what its log holds. */
const sentences: Readonly<Record<string, (fact: Fact) => string>> = {
  ask: (fact) => `${fact('household')} asked to use ${about(fact)}.`,
  asked: (fact) => `We asked ${fact('household')} for ${about(fact)}.`,
  'ask-withdrawn': (fact) => `Our ask to ${fact('household')} did not reach it, and ended.`,
  'ask-lapse': (fact) => `Our ask to ${fact('household')} ended without an answer.`,
  deny: (fact) => `We said no to ${fact('household')} about ${about(fact)}.`,
  counter: (fact) => `We offered ${fact('household')} something else than it asked for: ${about(fact)}.`,
  countered: (fact) => `${fact('household')} offered us something else than we asked for.`,
  'counter-accepted': (fact) => `We accepted what ${fact('household')} offered instead.`,
  'counter-declined': (fact) => `We left alone what ${fact('household')} offered instead.`,
  'counter-withdrawn': (fact) => `We took back what we had offered ${fact('household')} instead.`,
  snooze: (fact) => `We put off an ask of ${fact('household')} about ${about(fact)}.`,
  wake: (fact) => `An ask of ${fact('household')} about ${about(fact)} waits again.`,
  block: (fact) => `We blocked ${fact('household')}${fact('protocol') === '?' ? '' : ` for ${fact('protocol')}`}.`,
  'ask-blocked': (fact) => `An ask of ${fact('household')} ended with a block.`,
  unblock: (fact) => `${fact('household')} may ask for ${about(fact)} again.`,
  lapse: (fact) => `An ask of ${fact('household')} ended without an answer.`,
  grant: (fact) => `We agreed that ${fact('household')} may use ${about(fact)}.`,
  receipt: (fact) => `${fact('household')} accepted ${about(fact)}.`,
  start: (fact) => `The time came from which ${fact('household')} may use ${about(fact)}.`,
  supersede: (fact) => `A newer agreement with ${fact('household')} about ${about(fact)} took the place of this one.`,
  revoke: (fact) =>
    `We stopped ${fact('household')} from using ${about(fact)}${fact('erasure') === '?' ? '' : ', and asked that what they have be erased'}.`,
  suspend: (fact) => `${about(fact)} for ${fact('household')} is suspended: ${fact('cause')}.`,
  clear: (fact) => `${about(fact)} for ${fact('household')} is not suspended any more for: ${fact('cause')}.`,
  confirm: (fact) => `A person confirmed ${about(fact)} for ${fact('household')}.`,
  halt: (fact) => `Nothing was allowed from now on: ${fact('cause')}.`,
  unhalt: (fact) => `This did not hold the household any more: ${fact('cause')}.`,
  pause: () => 'Everything was stopped.',
  resume: () => 'What was stopped goes on.',
  clock: () => 'A person said that the clock of this machine is right.',
  'text-changed': (fact) => `The text of ${fact('protocol')} changed; ${fact('household')} uses ${about(fact)} under the old one.`,
  'text-carried': (fact) => `The text of ${fact('protocol')} allows less now; ${about(fact)} for ${fact('household')} goes on.`,
  'text-kept': (fact) => `${about(fact)} for ${fact('household')} stays under the old text.`,
  'erasure-claimed': (fact) => `${fact('household')} says that what it had of ${about(fact)} is erased. That is a claim.`,
  erased: (fact) => `We told ${fact('household')} that what we had of ${about(fact)} is erased.`,
  'held-supersede': (fact) => `A newer agreement with ${fact('household')} about ${about(fact)} took the place of the one that we had.`,
  expire: (fact) => `The time ended in which ${fact('household')} might use ${about(fact)}.`,
  granted: (fact) => `${fact('household')} offered us ${about(fact)}.`,
  accept: (fact) => `We accepted an offer of ${fact('household')}.`,
  decline: (fact) => `We said no to an offer of ${fact('household')}.`,
  // Only the other side's renunciation says whether it claims to have erased what it had.
  renounce: (fact) =>
    fact('erased') === '?'
      ? `We gave back what ${fact('household')} had offered.`
      : `${fact('household')} gave ${about(fact)} back${fact('erased') === 'claimed' ? ' and says that what it had is erased. That is a claim' : ''}.`,
  revoked: (fact) =>
    `${fact('household')} stopped what had been offered to us${fact('erasure') === '?' ? '' : ', and asks that we erase what we have of it'}.`,
  'held-expire': (fact) => `The time of an offer of ${fact('household')} ended.`,
  archive: (fact) => `${fact('records')} agreements and asks that ended long ago left the lists; they stay in the record.`,
  prune: (fact) =>
    `${fact('facts')} signed objects that can change nothing any more are not told to other devices of ours; the record has them.`,
  erase: (fact) => `We erased what ${fact('entries')} entries said, and ${fact('objects')} agreements and asks that had ended.`,
  fork: (fact) => `A device of ${fact('household')} signed two states of its record that cannot both be true.`,
  learned: (fact) => `Another device of this household told us of ${learnedKinds[fact('of') as FactKind] ?? fact('of')}.`,
  refused: (fact) => `A call of ${fact('household')} was refused: ${fact('because')}.`,
}

/**
 * One log entry as a sentence. Facts are ids; names are put in when it is read, so a contact that was renamed is renamed here too.
 *
 * @param facts  the entry's body, `undefined` once it was erased
 * @param named  our petname for a household id
 * @returns      `null` for an erased body; an unknown kind shows its facts as they are
 */
export function logText(
  kind: string,
  facts: Readonly<Record<string, string | number>> | undefined,
  named: (household: string) => string,
): string | null {
  if (!facts) return null
  const fact: Fact = (key) => {
    const value = facts[key]
    if (value === undefined) return key === 'household' ? 'someone unknown' : '?'
    return key === 'household' ? named(String(value)) : String(value)
  }
  if (Object.hasOwn(sentences, kind)) return sentences[kind]!(fact)
  return `${kind}: ${Object.keys(facts)
    .map((key) => `${key} ${fact(key)}`)
    .join(', ')}`
}

/** Entries as screens show them. */
export const viewEntries = (entries: readonly LogEntry[], petnameOf: (household: string) => string): LogEntryView[] =>
  entries.map(({ n, id, atMs, kind, facts }) => ({ n, id, atMs, kind, text: logText(kind, facts, petnameOf), detail: facts ?? null }))
