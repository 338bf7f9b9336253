import type { ManifestBody } from '@porchlight/core'
import type { Consent } from '@porchlight/consent'
import type { Mesh } from '@porchlight/mesh'
import type { Store } from '@porchlight/store'
import type { Link } from '@porchlight/wire'
import type { BeingReached } from './being-reached.ts'
import type { Bootstraps } from './bootstraps.ts'
import type { Control } from './control.ts'
import type { ConsentDesk } from './consent-desk.ts'
import type { ContactBook } from './contact-book.ts'
import type { SiblingLinks } from './sibling-links.ts'
import type { DeviceCalls } from './device-calls.ts'
import type { Keeping } from './keeping.ts'
import type { Invites } from './invites.ts'
import type { LookAlikes } from './look-alikes.ts'
import type { NetworkView } from './network-view.ts'
import type { NodeRelay } from './node-relay.ts'
import type { Outbox } from './outbox.ts'
import type { Own } from './own-household.ts'
import type { Presenting } from './presenting.ts'
import type { ServedProtocols } from './served.ts'

/** What a node is put together from. */
export interface NodeParts {
  readonly own: Own
  readonly store: Store
  readonly contacts: ContactBook
  readonly served: ServedProtocols
  readonly calls: DeviceCalls
  readonly presenting: Presenting
  readonly manifests: Map<string, ManifestBody>
  readonly consent: Consent
  readonly mesh: Mesh
  readonly lookAlikes: LookAlikes
  readonly desk: ConsentDesk
  readonly control: Control
  readonly link: Link
  readonly outbox: Outbox
  readonly invites: Invites
  readonly keeping: Keeping
  readonly reached: BeingReached
  readonly bootstraps: Bootstraps
  readonly network: () => NetworkView
  readonly links: () => SiblingLinks
  readonly relay: NodeRelay
  readonly nowMs: () => number
  readonly log: (event: string, fields: Record<string, unknown>) => void
  readonly name: { get(): string; set(name: string): Promise<void> }
}
