import { tightest, type Consent, type HaltCause } from '@porchlight/consent'
import { PorchlightError, type Limits, type ManifestBody } from '@porchlight/core'
import type { ConsentDesk } from './consent-desk.ts'
import type { ContactBook } from './contact-book.ts'
import type { DeviceCalls } from './device-calls.ts'
import type { AskView, CardView, GrantView, WhyView } from './views.ts'
import { whyView } from './why.ts'

/**
 * What a household does about everything that is agreed, beyond saying yes and no. Ids and names as in `HouseholdNode`.
 * What expands authority throws `BAD_REQUEST` with reason `locked` while the household is locked, and `capability` on a device that may not give.
 */
export interface Control {
  /** What holds the whole household now. */
  halts(): readonly HaltCause[]
  /** Stops everything on all devices of the household, in this tick here. Resolves when that is on disk. */
  panic(): Promise<void>
  /** Undoes panic; with grants it only confirms these. */
  resume(input?: { grants?: readonly string[] }): Promise<void>
  /** Denies everything, also after a restart, until `unlock`. */
  lock(): Promise<void>
  /** @throws `SETTING_INVALID` with reason `passphrase-needed` or `passphrase-wrong` where the key files are sealed */
  unlock(passphrase?: string): Promise<void>
  /** A person says that this machine's clock is right although it went back. */
  confirmClock(): Promise<void>
  /** The card of a renewal of a given grant, under the text as it is now. */
  prepareRenewal(id: string, input: { expMs: number; lang?: string }): CardView
  /** Signs a grant that takes the place of a given one when it is in force. @throws `BAD_REQUEST` reason `card-changed`, `not-given` */
  renew(id: string, input: { expMs: number; shown: string }): Promise<GrantView>
  /** Asks the owner of a received grant for more time. @throws `BAD_REQUEST` reason `not-received` */
  askRenewal(id: string, input: { expMs: number; why: string }): Promise<AskView>
  /** Gives a received grant back. `erased` also claims that what came under it is erased, of one that is over too. */
  renounce(id: string, input?: { erased?: boolean }): Promise<GrantView>
  /** Why a contact may, or may not, use a room of ours right now. */
  why(contact: string, input: { protocol: string; location: string }): WhyView
}

export interface ControlOptions {
  readonly consent: Consent
  readonly desk: ConsentDesk
  readonly contacts: ContactBook
  readonly doors: DeviceCalls
  readonly manifests: ReadonlyMap<string, ManifestBody>
  /** Opens a sealed key file with it. @throws when it does not open */
  readonly checkPassphrase: (passphrase: string | undefined) => Promise<void>
}

export function createControl({ consent, desk, contacts, doors, manifests, checkPassphrase }: ControlOptions): Control {
  const given = (ref: string): GrantView => {
    const view = desk.grant(ref)
    if (view.direction !== 'given')
      throw new PorchlightError('BAD_REQUEST', 'this grant is theirs: only they can renew it', { reason: 'not-given' })
    return view
  }
  const offerOf = ({ household, protocol, location, scopes, limits }: GrantView, expMs: number) => {
    // As tight as the tightest that was agreed: a renewal gives more time and nothing else.
    const most = limits.reduce<Limits | undefined>((one, { max }) => one && tightest(one, max), {})
    if (most === undefined)
      throw new PorchlightError('BAD_REQUEST', 'its scopes have hours that cannot be brought together: give it anew', { reason: 'limits' })
    return { to: household, protocol, location, scopes, expMs, limits: most }
  }
  return {
    halts: () => consent.halts(),
    panic: () => consent.panic(),
    resume: async ({ grants = [] } = {}) => {
      const ids = grants.map((ref) => given(ref).id)
      await consent.resume(ids.length === 0 ? {} : { pauses: [], grants: ids })
    },
    lock: async () => {
      const locked = consent.halt('locked')
      doors.endAll()
      await locked
    },
    unlock: async (passphrase) => {
      await checkPassphrase(passphrase)
      await consent.unhalt('locked')
    },
    confirmClock: () => consent.confirmClock(),
    prepareRenewal: (ref, { expMs, lang }) => desk.prepareOffer({ ...offerOf(given(ref), expMs), ...(lang === undefined ? {} : { lang }) }),
    renew: (ref, { expMs, shown }) => {
      const view = given(ref)
      return desk.offer({ ...offerOf(view, expMs), shown }, view.id)
    },
    askRenewal: (ref, { expMs, why }) => {
      const view = desk.grant(ref)
      if (view.direction !== 'received')
        throw new PorchlightError('BAD_REQUEST', 'this grant is ours: renew it', { reason: 'not-received' })
      return desk.ask({ ...offerOf(view, expMs), why })
    },
    renounce: async (ref, { erased = false } = {}) => {
      const view = desk.grant(ref)
      if (view.direction !== 'received')
        throw new PorchlightError('BAD_REQUEST', 'this grant is ours: revoke it', { reason: 'not-received' })
      if (view.state === 'OFFERED') await consent.decline(view.id)
      else await consent.renounce(view.id, { erased })
      return desk.grant(view.id)
    },
    why: (ref, { protocol, location }) => {
      const { household } = contacts.find(ref)
      const scopes = manifests.get(protocol)?.scopes ?? []
      return whyView({
        household,
        petname: desk.petnameOf(household),
        protocol,
        location,
        scopes: scopes.map(({ id }) => ({ scope: id, says: consent.explain({ household, protocol, scope: id, location }) })),
        grants: consent.grants().filter((grant) => grant.household === household && grant.protocol === protocol),
        blocks: consent
          .blocks()
          .filter((block) => block.household === household && (block.protocol === null || block.protocol === protocol))
          .map((block) => block.protocol),
        limitsOf: (id) => desk.grant(id).limits,
      })
    },
  }
}
