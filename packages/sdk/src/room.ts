import { parseLocation, PorchlightError } from '@porchlight/core'

/** The room of an app that has only one: a grant always names a room, so both sides have to mean the same one. */
export const mainRoom = 'main'

/** @throws `BAD_REQUEST` for what is no location, and with reason `location` for the whole protocol, which nobody can be given */
export function roomOf(location: string = mainRoom): string {
  if (location === '') throw new PorchlightError('BAD_REQUEST', 'a grant names a room, never the whole protocol', { reason: 'location' })
  return parseLocation(location)
}
