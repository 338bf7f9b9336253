import type { HouseholdId } from '@porchlight/core'
import type { Mesh, ReservationState } from '@porchlight/mesh'
import { relayLocation, relayProtocol, type RelayAccount } from '@porchlight/protocol-relay'
import type { Link } from '@porchlight/wire'
import { client } from '@porchlight/sdk'
import type { BeingCarried } from './being-carried.ts'
import type { Carrying } from './carrying.ts'
import type { ContactBook } from './contact-book.ts'
import type { RelayAccounts } from './relay-accounts.ts'

/** What this node carries for one household. */
export interface CarriedView {
  readonly household: HouseholdId
  /** `null`: other devices of this household. */
  readonly petname: string | null
  /** Whether a device of theirs has a place here now. */
  readonly hasPlace: boolean
  /** Connections carried at the moment. */
  readonly circuits: number
  /** Bytes both ways since `sinceMs`, each once. */
  readonly carriedBytes: number
  readonly openMs: number
  readonly sinceMs: number
}

/** A device that carries, or may carry, for this node. */
export interface CarrierView {
  readonly household: HouseholdId
  /** `null`: another device of this household. */
  readonly petname: string | null
  readonly device: string
  readonly state: ReservationState
  readonly stateSinceMs: number
  /** Under which others reach us through it. */
  readonly addresses: readonly string[]
  /** What came and went through that household's relays, as counted here. */
  readonly carriedBytes: number
}

export interface RelayView {
  readonly on: boolean
  readonly carried: readonly CarriedView[]
  readonly carriers: readonly CarrierView[]
}

/** Carrying connections for others, and being carried. To let a contact: a grant of `/porchlight/relay/1`, as for anything else. */
export interface NodeRelay {
  view(): RelayView
  /** Is a relay from now on, also after a restart. */
  on(): Promise<RelayView>
  /** Ends what is carried, and every place, at once. */
  off(): Promise<RelayView>
  /** The account that a household which carries for us keeps itself. @throws as a call: `CONSENT_REQUIRED`, `UNREACHABLE`, `DENIED` */
  askAccount(contact: string): Promise<RelayAccount>
}

export interface NodeRelayParts {
  readonly household: HouseholdId
  readonly mesh: Mesh
  readonly contacts: ContactBook
  readonly carrying: Carrying
  readonly carried: BeingCarried
  /** What we carried, and what was carried for us. */
  readonly accounts: { readonly ours: RelayAccounts; readonly theirs: RelayAccounts }
  readonly link: Link
}

export function nodeRelay({ household: own, mesh, contacts, carrying, carried, accounts, link }: NodeRelayParts): NodeRelay {
  const petnameOf = (household: HouseholdId): string | null =>
    household === own ? null : (contacts.get(household)?.petname ?? household.slice(0, 12))
  const view = (): RelayView => {
    carried.count()
    const clients = mesh.relaying.clients().flatMap(({ device, circuits }) => {
      const household = carrying.householdOf(device)
      return household === undefined ? [] : [{ household, circuits }]
    })
    const known = new Set([...accounts.ours.list().map(({ household }) => household), ...clients.map(({ household }) => household)])
    return {
      on: mesh.relaying.isOn,
      carried: [...known].map((household) => {
        const { carriedBytes, openMs, sinceMs, circuits } = carrying.accountOf(household)
        const hasPlace = clients.some((client) => client.household === household)
        return { household, petname: petnameOf(household), hasPlace, circuits, carriedBytes, openMs, sinceMs }
      }),
      carriers: mesh.reservations().flatMap(({ relay, state, sinceMs, addresses }) => {
        const household = carried.householdOf(relay)
        if (household === undefined) return []
        const carriedBytes = accounts.theirs.of(household)?.carriedBytes ?? 0
        return [{ household, petname: petnameOf(household), device: relay, state, stateSinceMs: sinceMs, addresses, carriedBytes }]
      }),
    }
  }
  return {
    view,
    on: async () => {
      await carrying.turn(true)
      return view()
    },
    off: async () => {
      await carrying.turn(false)
      return view()
    },
    askAccount: (ref) => client(link, contacts.find(ref).household, relayProtocol, { location: relayLocation }).account({}),
  }
}
