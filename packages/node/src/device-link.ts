import { PorchlightError } from '@porchlight/core'
import { decodeInvite, encodeInvite, type InviteData } from '@porchlight/identity'

const invitePrefix = 'porchlight:invite/'
const devicePrefix = 'porchlight:device/'

/** An invite for a new device of the household as a link: the fields of an invite under another word, so that neither passes for the other. */
export const encodeDeviceLink = (invite: InviteData): string => devicePrefix + encodeInvite(invite).slice(invitePrefix.length)

/** @throws `BAD_REQUEST` with reason `device-link`, or as `decodeInvite` */
export function decodeDeviceLink(link: string, nowSec: number): InviteData {
  const text = link.trim()
  if (!text.startsWith(devicePrefix))
    throw new PorchlightError('BAD_REQUEST', `not a link for a new device: it begins with ${devicePrefix}`, { reason: 'device-link' })
  return decodeInvite(invitePrefix + text.slice(devicePrefix.length), nowSec)
}
