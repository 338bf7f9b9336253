import { PorchlightError } from '@porchlight/core'
import type { Consent } from '@porchlight/consent'
import { decodeInvite } from '@porchlight/identity'
import type { Asker } from '@porchlight/protocol-invite'
import type { ConsentDesk } from './consent-desk.ts'
import type { ContactBook } from './contact-book.ts'
import type { AskInput } from './household-node.ts'
import type { Invites } from './invites.ts'
import type { AskView, CardView } from './views.ts'

/** What is asked of the household that a link names, instead of a contact. */
export type InvitedAskInput = Omit<AskInput, 'to'>

export interface InvitedAskParts {
  readonly consent: Consent
  readonly desk: ConsentDesk
  readonly contacts: ContactBook
  readonly invites: Invites
  readonly nowMs: () => number
}

const householdOf = (link: string, { nowMs }: InvitedAskParts) => decodeInvite(link, Math.floor(nowMs() / 1000)).household

/** The card of an ask to the household of a link. @throws as `decodeInvite` and `ConsentDesk.cardOfAsk` */
export function prepareInvitedAsk(parts: InvitedAskParts, link: string, input: InvitedAskInput): CardView {
  return parts.desk.cardOfAsk(householdOf(link, parts), input)
}

/**
 * Asks the household of a link for something, without pairing. The ask waits here too: it goes out again when the two pair, and the answer
 * comes then. Of a household that is a contact already, it is asked as every contact is.
 *
 * @throws `DENIED` when the link is used, over or never was, `UNREACHABLE`; nothing was asked then
 */
export async function askByLink(
  parts: InvitedAskParts,
  link: string,
  { signal, ...input }: InvitedAskInput & { readonly shown?: string | undefined; readonly signal?: AbortSignal | undefined },
): Promise<AskView> {
  const { consent, desk, contacts, invites } = parts
  const household = householdOf(link, parts)
  if (household === invites.household)
    throw new PorchlightError('BAD_REQUEST', 'this is our own invite: it is for somebody else', { reason: 'own-invite' })
  const asked = await desk.askOf(household, input)
  if (contacts.get(household)) return asked
  const entry = consent.outbox(household).find(({ id }) => id === asked.id)
  if (!entry) throw new PorchlightError('INTERNAL', 'an ask was signed and does not wait to be sent')
  try {
    await invites.bring(link, entry.bytes, { signal })
  } catch (error) {
    // Whoever reads "it did not work" asks again: the first ask must not go out later on its own.
    await consent.withdrawAsk(asked.id)
    throw error
  }
  return asked
}

/**
 * Takes an ask that an invite of ours brought. The document that came with it is whole in itself but may be an old one: of a household that
 * we know, only devices that we know to be its own ask.
 */
export async function takeInvitedAsk(
  { consent, contacts }: { readonly consent: Consent; readonly contacts: ContactBook },
  { ask, device, household, name }: Asker,
): Promise<void> {
  const owner = contacts.householdOf(device)
  const isContact = owner === household
  const isImpostor = !isContact && (owner !== undefined || contacts.get(household) !== undefined)
  // What cannot be an ask takes as long as one that is.
  const bytes = isImpostor ? new Uint8Array() : ask
  await consent.receiveAsk(bytes, household, isContact ? undefined : { origin: 'invite', device, selfName: name ?? null })
}
