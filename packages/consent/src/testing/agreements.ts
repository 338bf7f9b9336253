import { limits } from '@porchlight/core'
import type { AdmitInput, Admitted, OfferInput } from '../inputs.ts'
import type { AskView, GrantView } from '../views.ts'
import type { ManualTime } from './manual-time.ts'
import { sampleManifest } from './sample-manifest.ts'
import type { Side } from './two-sides.ts'

export const dayMs = 86_400_000

/** An offer of one service for 30 days. */
export const offerTo = (to: Side, nowMs: number, service = 'photos'): OfferInput => ({
  to: to.household,
  manifest: sampleManifest,
  scopes: [{ id: 'use', locations: [service], max: {} }],
  purposes: ['dpv:ServiceProvision'],
  expMs: nowMs + 30 * dayMs,
  shown: { text: `May open ${service}.\n`, lang: 'en' },
  service,
})

/** Carries everything in one household's outbox to the other, asks aside. */
export async function deliver(from: Side, to: Side): Promise<void> {
  for (const entry of from.consent.outbox(to.household)) {
    if (entry.kind === 'grant') await to.consent.receiveGrant(entry.bytes, entry.manifest!, from.household)
    if (entry.kind === 'receipt') await to.consent.receiveReceipt(entry.bytes, from.household)
    if (entry.kind === 'revoke') await to.consent.receiveRevoke(entry.bytes, from.household)
    if (entry.kind === 'renounce') await to.consent.receiveRenounce(entry.bytes, from.household)
    await from.consent.delivered(entry.id)
  }
}

/** A call of somebody's device for the sample service. */
export const callOf = (from: Side, location = 'photos'): AdmitInput => ({
  device: from.device,
  household: from.household,
  protocol: sampleManifest.proto,
  method: 'http',
  scope: 'use',
  location,
})

/** Offers, carries, accepts and carries back: an ACTIVE grant. */
export async function activeGrant(owner: Side, recipient: Side, nowMs: number, service?: string): Promise<GrantView> {
  const grant = await owner.consent.offer(offerTo(recipient, nowMs, service))
  await deliver(owner, recipient)
  await recipient.consent.accept(grant.id)
  await deliver(recipient, owner)
  return owner.consent.grants().find(({ id }) => id === grant.id)!
}

/** As `activeGrant`, with these scopes. */
export async function activeGrantOf(
  owner: Side,
  recipient: Side,
  { nowMs, scopes }: { readonly nowMs: number; readonly scopes: OfferInput['scopes'] },
): Promise<GrantView> {
  const grant = await owner.consent.offer({ ...offerTo(recipient, nowMs), scopes })
  await deliver(owner, recipient)
  await recipient.consent.accept(grant.id)
  await deliver(recipient, owner)
  return owner.consent.grants().find(({ id }) => id === grant.id)!
}

/** Admits a call that has to be admitted. */
export function admitted(owner: Side, caller: Side, location?: string): Admitted {
  const verdict = owner.consent.admit(callOf(caller, location))
  if (!verdict.allow) throw new Error(`refused: ${verdict.because}`)
  return verdict
}

/** Carries everything in one household's outbox to the other, asks too, and lets the time of their answers pass. */
export async function carry(from: Side, to: Side, time: ManualTime): Promise<void> {
  for (const entry of from.consent.outbox(to.household)) {
    if (entry.kind !== 'ask') continue
    const received = to.consent.receiveAsk(entry.bytes, from.household)
    time.advance(limits.askAnswerMs)
    await received
    await from.consent.delivered(entry.id)
  }
  await deliver(from, to)
}

/** Sends an ask and lets the time of its answer pass. @returns the ask as the owner has it, if it was taken */
export async function ask(
  asker: Side,
  owner: Side,
  time: ManualTime,
  options: { service?: string; scope?: string } = {},
): Promise<AskView | undefined> {
  const { service = 'photos', scope = 'use' } = options
  const made = await asker.consent.createAsk({
    to: owner.household,
    manifest: sampleManifest,
    scopes: [{ id: scope, locations: [service], max: {} }],
    purposes: [],
    expMs: time.nowMs() + 30 * dayMs,
    why: 'for the album',
  })
  const entry = asker.consent.outbox(owner.household).find(({ id }) => id === made.id)!
  const received = owner.consent.receiveAsk(entry.bytes, asker.household)
  time.advance(limits.askAnswerMs)
  await received
  await asker.consent.delivered(made.id)
  return owner.consent.asks().find(({ id }) => id === made.id)
}
