import type { Contact } from '@porchlight/identity'
import type { NodeParts } from './node-parts.ts'
import type { StatusView } from './views.ts'

/** What only the running node knows. */
interface Running {
  readonly startedMs: number
  readonly recoveryWordsPending: boolean
  readonly isConnected: (contact: Contact) => boolean
  readonly alarms: readonly string[]
}

/** How this household is, from its parts. */
export function statusView({ own, mesh, contacts, consent, keeping, name }: NodeParts, running: Running): StatusView {
  const known = contacts.list()
  const { total, contacts: asking, moreContacts } = consent.digest()
  return {
    household: own.household,
    device: mesh.device,
    name: name.get(),
    startedMs: running.startedMs,
    addresses: mesh.addresses(),
    contacts: { known: known.length, connected: known.filter(running.isConnected).length },
    recoveryWordsPending: running.recoveryWordsPending,
    waiting: { total, contacts: asking.length + moreContacts },
    halts: consent.halts(),
    lastBackupMs: keeping.lastBackupMs,
    newerAt: keeping.newerAt(),
    alarms: [...running.alarms, ...keeping.alarms()],
  }
}
