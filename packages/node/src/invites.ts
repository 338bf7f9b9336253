import { cleanText, limits, PorchlightError, type DeviceId, type HouseholdId } from '@porchlight/core'
import {
  atTime,
  chainBytes,
  chainOf,
  createContact,
  decodeInvite,
  devicesInForce,
  encodeInvite,
  extendChain,
  InviteBook,
  inviteSecretBytes,
  openGenesis,
  type Chain,
  type Contact,
  type InviteData,
  type StoredInvite,
} from '@porchlight/identity'
import {
  acceptInvite,
  askByInvite,
  inviteIdOf,
  serveInvites,
  type Asker,
  type InviteHost,
  type Introduction,
  type OpenDocument,
} from '@porchlight/protocol-invite'
import type { CallHandler } from '@porchlight/wire'
import type { ContactBook } from './contact-book.ts'
import { withGivenNames } from './given-names.ts'
import { invitePlaces, placesOfInviter } from './invite-places.ts'
import type { Table } from './household-node.ts'
import type { LookAlikes } from './look-alikes.ts'
import type { InviteView } from './views.ts'
import type { Mesh } from '@porchlight/mesh'

/** An invite as this node keeps it: the book's record, the link to show again, and the petname that waits for its user. */
export interface InviteRecord {
  readonly invite: StoredInvite
  readonly link: string
  readonly petname: string | null
}

export interface InvitesOptions {
  readonly table: Table<InviteRecord>
  readonly contacts: ContactBook
  readonly lookAlikes: LookAlikes
  readonly mesh: () => Mesh
  readonly own: () => Chain
  readonly name: () => string
  readonly nowMs: () => number
  readonly random: (bytes: number) => Uint8Array
  /** A contact is on disk: supervise its connection, tell the screens. */
  readonly onPaired: (contact: Contact) => void
  /** DHT nodes that an invite of ours may name: multiaddrs with `/p2p/`. */
  readonly bootstraps: () => readonly string[]
  /** An invite that was accepted named DHT nodes. */
  readonly onBootstraps: (addresses: readonly string[], from: HouseholdId) => void
  /** Takes an ask that a right proof brought, as `Consent.receiveAsk` does. */
  readonly onAsked: (asker: Asker) => Promise<void>
}

type Shown = Pick<Introduction, 'document' | 'laterDocuments' | 'suspensions'>

/** The chain of a household that introduces itself. What of it does not belong is left out. @throws as `openGenesis` */
async function chainShown({ document, laterDocuments, suspensions }: Shown): Promise<Chain> {
  const { chain } = await extendChain(chainOf(await openGenesis(document)), { documents: laterDocuments, suspensions })
  return chain
}

/** Opens a chain and checks that the device that brought it speaks for that household. */
const openDocument =
  (nowMs: () => number): OpenDocument =>
  async (shown, device): Promise<HouseholdId> => {
    const chain = await chainShown(shown)
    if (!devicesInForce(chain, Math.floor(nowMs() / 1000)).some(({ key }) => key === device))
      throw new PorchlightError('BAD_REQUEST', 'the device does not speak for that household')
    return chain.household
  }

/** Both sides of pairing: invites of ours, and links of others. Pairing makes a contact and grants nothing else. */
export class Invites {
  readonly #options: InvitesOptions
  readonly #book: InviteBook
  readonly #records: Map<string, InviteRecord>
  /** Inviters' devices that are dialled for a link, and for how many attempts. */
  readonly #held = new Map<DeviceId, number>()

  private constructor(options: InvitesOptions, records: InviteRecord[]) {
    this.#options = options
    this.#records = new Map(records.map((record) => [record.invite.id, record]))
    this.#book = new InviteBook(records.map(({ invite }) => invite))
  }

  static async open(options: InvitesOptions): Promise<Invites> {
    const invites = new Invites(options, await options.table.all())
    await invites.#tidy()
    return invites
  }

  /** Handlers for `/porchlight/invite/1`. */
  handlers(): Readonly<Record<string, CallHandler>> {
    const { own, mesh, nowMs } = this.#options
    const host: InviteHost = {
      device: mesh().device,
      household: own().household,
      openDocument: openDocument(nowMs),
      secretOf: (id) => this.#book.secretOf(id, this.#nowSec()),
      settle: (id, attempt) => {
        const settled = this.#book.settle(id, attempt, this.#nowSec())
        // A wrong try counts even if this write fails: the book in memory already knows. The right one is written by `paired`.
        if (settled === 'refused') void this.#keep(id).catch(() => {})
        return settled
      },
      paired: async (invitee) => {
        await this.#keep(invitee.inviteId)
        await this.#paired(invitee, { wished: this.#records.get(invitee.inviteId)?.petname ?? null, given: [] })
      },
      settleAsk: (id, attempt) => {
        const settled = this.#book.settleAsk(id, attempt, this.#nowSec())
        // As above. That it was asked with is written by `asked`.
        if (settled === 'refused') void this.#keep(id).catch(() => {})
        return settled
      },
      asked: async (asker) => {
        if (this.#records.get(asker.inviteId)?.invite.askedBy === undefined) await this.#keep(asker.inviteId)
        await this.#options.onAsked(asker)
      },
      introduce: () => this.#introduction(),
      wait: (ms) => new Promise((resolve) => void setTimeout(resolve, ms)),
    }
    return serveInvites(host)
  }

  async create(input: { note?: string | undefined; petname?: string | undefined }): Promise<InviteView> {
    const { own, mesh, random, contacts } = this.#options
    const petname = input.petname === undefined ? null : contacts.namePetname(input.petname)
    const note = input.note === undefined ? undefined : cleanText(input.note, 'note', limits.whyChars)
    await this.#tidy()
    const secret = random(inviteSecretBytes)
    const invite = this.#book.add({ id: Buffer.from(inviteIdOf(secret)).toString('hex'), secret, nowSec: this.#nowSec(), note })
    const where = invitePlaces(invitable(mesh()), this.#options.bootstraps())
    const link = encodeInvite({
      device: mesh().device,
      household: own().household,
      ...where,
      secret,
      exp: invite.exp,
      name: this.#options.name(),
    })
    const record: InviteRecord = { invite, link, petname }
    await this.#options.table.put(invite.id, record)
    this.#records.set(invite.id, record)
    return this.#view(record)
  }

  list(): InviteView[] {
    return [...this.#records.values()].map((record) => this.#view(record)).toSorted((one, other) => other.expMs - one.expMs)
  }

  async cancel(ref: string): Promise<void> {
    const ids = [...this.#records.keys()].filter((id) => id === ref || (ref.length >= 6 && id.startsWith(ref)))
    const [id] = ids
    if (id === undefined || ids.length > 1)
      throw new PorchlightError('BAD_REQUEST', `no invite ${JSON.stringify(ref)}`, {
        reason: id === undefined ? 'unknown-invite' : 'ambiguous',
      })
    this.#book.cancel(id, this.#nowSec())
    await this.#keep(id)
  }

  /** Ends what a household that is being removed could still do with the invite it used. */
  async endUsedBy(household: HouseholdId): Promise<void> {
    for (const id of this.#book.endUsedBy(household)) await this.#keep(id)
  }

  /** Pairs with the household that made the link. */
  async accept(link: string, input: { petname?: string | undefined; signal?: AbortSignal | undefined }): Promise<Contact> {
    const { own, mesh, contacts, nowMs } = this.#options
    const invite = decodeInvite(link, this.#nowSec())
    const petname = input.petname === undefined ? null : contacts.namePetname(input.petname, invite.household)
    const letGo = this.#hold(invite)
    try {
      const theirs = await acceptInvite(
        mesh().call,
        { invite, own: { ...this.#introduction(), device: mesh().device, household: own().household }, openDocument: openDocument(nowMs) },
        input.signal ? { signal: input.signal } : {},
      )
      const contact = await this.#paired(
        { ...theirs, device: invite.device, household: invite.household },
        { wished: petname, given: placesOfInviter(invite) },
      )
      this.#options.onBootstraps(invite.bootstraps, invite.household)
      return contact
    } finally {
      await letGo()
    }
  }

  get household(): HouseholdId {
    return this.#options.own().household
  }

  /** Brings a signed ask to the household that made the link. @throws as `askByInvite` */
  async bring(link: string, ask: Uint8Array, { signal }: { signal?: AbortSignal | undefined } = {}): Promise<void> {
    const { mesh } = this.#options
    const invite = decodeInvite(link, this.#nowSec())
    const letGo = this.#hold(invite)
    try {
      const own = { ...this.#introduction(), device: mesh().device, household: this.household }
      await askByInvite(mesh().call, { invite, own, ask }, signal ? { signal } : {})
    } finally {
      await letGo()
    }
  }

  /** Has an inviter's device dialled. @returns lets it go, unless somebody else holds on to it by then: a link may name any device */
  #hold(invite: InviteData): () => Promise<void> {
    const { mesh, contacts, own, bootstraps } = this.#options
    const { device } = invite
    this.#held.set(device, (this.#held.get(device) ?? 0) + 1)
    mesh().keep(device, placesOfInviter(invite))
    return async () => {
      const others = this.#held.get(device)! - 1
      if (others > 0) return void this.#held.set(device, others)
      this.#held.delete(device)
      const isOurs = devicesInForce(own(), this.#nowSec()).some(({ key }) => key === device)
      const isBootstrap = bootstraps().some((address) => address.endsWith(`/p2p/${device}`))
      if (!isOurs && !isBootstrap && contacts.householdOf(device) === undefined) await mesh().forget(device)
    }
  }

  /** @param by  what came by a person's hand: the petname wished for, and addresses whose DNS names may be looked up */
  async #paired(
    theirs: Introduction & { device: DeviceId; household: HouseholdId },
    { wished, given }: { wished: string | null; given: readonly string[] },
  ): Promise<Contact> {
    const { contacts, nowMs, onPaired } = this.#options
    const chain = await chainShown(theirs)
    const contact = await contacts.change(theirs.household, (before) => {
      const petname = before ? (wished ?? before.petname) : contacts.suggest(wished, theirs.name, theirs.household)
      const made = createContact({
        chain,
        device: theirs.device,
        petname,
        selfChosenName: theirs.name,
        addresses: withGivenNames(theirs.addresses, [...given, ...(before?.addresses ?? [])]),
        nowMs: nowMs(),
      })
      return before ? { ...before, petname, addresses: made.addresses, selfChosenName: made.selfChosenName } : made
    })
    if (!contact) throw new PorchlightError('INTERNAL', 'a pairing left no contact')
    onPaired(contact)
    return contact
  }

  #introduction(): Introduction {
    const { own, mesh, name } = this.#options
    const { documents, suspensions } = chainBytes(own())
    const fits = documents.length - 1 <= limits.inviteLaterObjects && suspensions.length <= limits.inviteLaterObjects
    return {
      document: own().genesis.bytes,
      laterDocuments: fits ? documents.slice(1) : [],
      suspensions: fits ? suspensions : [],
      name: name(),
      addresses: invitable(mesh()).slice(0, limits.addressesPerHousehold),
    }
  }

  #nowSec(): number {
    return Math.floor(this.#options.nowMs() / 1000)
  }

  async #keep(id: string): Promise<void> {
    const record = this.#records.get(id)
    const invite = this.#book.get(id)
    if (!record || !invite) return
    const present = atTime(invite, this.#nowSec())
    const kept = { ...record, invite: present, link: present.state === 'open' ? record.link : '' }
    this.#records.set(id, kept)
    await this.#options.table.put(id, kept)
  }

  /** Takes secrets and links that are over off the disk, and forgets what has been over for long. */
  async #tidy(): Promise<void> {
    const nowSec = this.#nowSec()
    for (const id of this.#book.sweep(nowSec)) await this.#forget(id)
    for (const { invite, link } of this.#records.values()) {
      const now = atTime(this.#book.get(invite.id) ?? invite, nowSec)
      if (now.state !== invite.state || now.secret !== invite.secret || (link !== '' && now.state !== 'open')) await this.#keep(invite.id)
    }
  }

  async #forget(id: string): Promise<void> {
    this.#records.delete(id)
    await this.#options.table.delete(id)
  }

  #view({ invite: stored, link, petname }: InviteRecord): InviteView {
    const invite = atTime(stored, this.#nowSec())
    return {
      id: invite.id,
      link: invite.state === 'open' ? link : '',
      note: invite.note ?? '',
      petname,
      looksLike: petname !== null && invite.state === 'open' ? this.#options.lookAlikes.ofName(petname) : null,
      expMs: invite.exp * 1000,
      state: invite.state,
    }
  }
}

/** Where the invitee may find us: public addresses that nobody tried yet too, for the first contact is the first who could. */
function invitable(mesh: Mesh): string[] {
  const untried = mesh.reach.publicAddresses().filter(({ confirmed }) => !confirmed)
  return [...new Set([...mesh.addresses(), ...untried.map(({ address }) => `${address}/p2p/${mesh.device}`)])]
}
