import { asPorchlightError, limits, type HouseholdId } from '@porchlight/core'
import { openCheckpoint, type Consent } from '@porchlight/consent'
import type { ContactBook } from './contact-book.ts'
import type { Own } from './own-household.ts'

interface Options {
  readonly own: Pick<Own, 'household' | 'device' | 'isOurs'>
  readonly contacts: Pick<ContactBook, 'devicesOf'>
  readonly consent: Pick<Consent, 'checkpoint' | 'checkpoints' | 'learnCheckpoint'>
  readonly log: (event: string, fields: Record<string, unknown>) => void
}

const utf8 = { encode: (text: string) => new TextEncoder().encode(text), decode: (bytes: Uint8Array) => new TextDecoder().decode(bytes) }

/**
 * Newest checkpoints of logs, shown and taken when two devices present themselves: how long this device's log is, and what it holds of the
 * other household's. A household whose record was put back to an older one learns it from whoever holds a newer checkpoint of it.
 *
 * @see protocols/household/SPEC.md#present
 */
export class CheckpointExchange {
  readonly #options: Options

  constructor(options: Options) {
    this.#options = options
  }

  /** What a device of that household is shown: signed notes. Nothing is signed for it, so that asking tells nothing that a sibling or contact is not told anyway. */
  shownTo(household: HouseholdId): Uint8Array[] {
    const { own, contacts, consent } = this.#options
    const newest = consent.checkpoint()
    const theirs = new Set(household === own.household ? [] : contacts.devicesOf(household).map(({ key }) => key))
    const held = consent
      .checkpoints()
      .filter(({ device }) => (household === own.household ? own.isOurs(device) && device !== newest?.device : theirs.has(device)))
      .slice(0, limits.devicesPerHousehold)
    return [...(newest ? [newest] : []), ...held].map(({ note }) => utf8.encode(note))
  }

  /**
   * Takes what a device of that household shows. What is no checkpoint of one of its devices or of ours counts as nothing.
   *
   * @param from  the household of the device that showed it
   */
  async take(notes: readonly Uint8Array[], from: HouseholdId): Promise<void> {
    const { own, consent, log } = this.#options
    for (const bytes of notes) {
      const note = utf8.decode(bytes)
      const shown = openCheckpoint(note)
      if (!shown) continue
      // A sibling's own signature says whose log it is of: who repeats it does not matter. Of this device's log it does: a person is told who holds it.
      const household = shown.device !== own.device && own.isOurs(shown.device) ? own.household : from
      try {
        await consent.learnCheckpoint(note, household)
      } catch (error) {
        log('checkpoint.not-taken', { household, device: shown.device, code: asPorchlightError(error).code })
      }
    }
  }
}
