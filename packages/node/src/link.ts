import { PorchlightError, type DeviceId, type HouseholdId } from '@porchlight/core'
import type { Mesh } from '@porchlight/mesh'
import { consentProtocol } from '@porchlight/protocol-consent'
import type { Link } from '@porchlight/wire'
import type { ConsentDesk } from './consent-desk.ts'
import type { ContactBook } from './contact-book.ts'
import type { ServedProtocols } from './served.ts'

/** The embedded link: what the daemon, and an app that embeds a node, call contacts through. The outbound gate is asked first. */
export function createLink(node: {
  household: HouseholdId
  contacts: ContactBook
  served: ServedProtocols
  desk: ConsentDesk
  mesh: Mesh
}): Link {
  const { contacts, served, desk, mesh } = node

  /** A device of that household, one that is connected if there is one. */
  const deviceOf = (household: HouseholdId): DeviceId => {
    const devices = contacts.get(household)?.devices ?? []
    const device = devices.find((each) => mesh.isConnected(each)) ?? devices[0]
    if (!device) throw new PorchlightError('BAD_REQUEST', 'not a contact', { reason: 'unknown-contact' })
    return device
  }

  return {
    household: node.household,
    call: async (to, request, options = {}) => {
      const device = deviceOf(to)
      if (request.protocol !== consentProtocol.id && !desk.holds(to, request.protocol, request.location ?? '')) {
        throw new PorchlightError('CONSENT_REQUIRED', `no grant of theirs for ${request.location ?? request.protocol} is in force here`)
      }
      return mesh.call(device, request, options)
    },
    serve: (definition, handlers) => served.add(definition, handlers),
  }
}
