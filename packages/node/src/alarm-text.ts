import type { ConsentEvent } from '@porchlight/consent'

/** What a person is told when the consent engine raises an alarm. */
export function alarmText(event: Extract<ConsentEvent, { type: 'alarm' }>): string {
  switch (event.what) {
    case 'revocation-not-durable':
      return `A revocation is in force but could not be written to the disk yet (${event.grants.length} grants). It is tried again; do not switch this machine off before this message is gone.`
    case 'suspension-not-durable':
      return 'A suspension is in force but could not be written to the disk yet. It is tried again; do not switch this machine off before this message is gone.'
    case 'ledger-write-failed':
      return 'The household’s record could not be written. Nothing new is allowed until it can; look at the disk.'
    case 'clock-behind':
      return 'The clock of this machine went back, so nothing is allowed until it is right again. Set it right, or, if it is right now: porchlight resume --clock-is-right'
    case 'record-behind':
      return 'Somebody holds a newer signed state of this record than this device has: old data was restored, or the end of the record was cut off. See porchlight log verify.'
    case 'record-changed':
      return 'Somebody holds a signed state of this record that this record cannot have had: it was changed. See porchlight log verify.'
    case 'contact-record-forked':
      return 'A device of a contact signed two states of its record that cannot both be true. Both are in the log.'
  }
}
