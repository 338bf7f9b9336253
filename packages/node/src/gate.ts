import { parseLocation, type HouseholdId } from '@porchlight/core'
import type { Consent } from '@porchlight/consent'
import type { Gate, InboundCall, Verdict } from '@porchlight/wire'
import type { ContactBook } from './contact-book.ts'
import type { DeviceCalls } from './device-calls.ts'
import type { Own } from './own-household.ts'
import type { ServedProtocols } from './served.ts'

const refuse: Verdict = { allow: false }
const busy: Verdict = { allow: false, busy: true }
const noScopes: ReadonlySet<string> = new Set()

/** The location of a call in normal form, or `undefined` when it has none: a path that two programs may read differently opens nothing. */
function locationOf(call: InboundCall): string | undefined {
  try {
    return parseLocation(call.location)
  } catch {
    return undefined
  }
}

/**
 * The inbound gate of a node: who is calling (noise and the household document say), what for (the served protocol says), and whether
 * consent is in force. One synchronous tick; every way to "no" goes through the same engine, which writes the audit entry.
 *
 * @see protocols/gate/SPEC.md
 */
export function createGate(node: { own: Own; contacts: ContactBook; consent: Consent; served: ServedProtocols; calls: DeviceCalls }): Gate {
  const { own, contacts, consent, served, calls } = node

  const byDoor = (
    call: InboundCall,
    household: HouseholdId | undefined,
    handler: Extract<Verdict, { allow: true }>['handler'],
  ): Verdict => {
    const entered = calls.enter(call.device)
    return entered ? { allow: true, household, scopes: noScopes, handler, ...entered } : refuse
  }

  return (call) => {
    const household = contacts.householdOf(call.device)
    const location = locationOf(call)
    // No door opens for a location that is none, also where the protocol has no rooms: R21 of the gate.
    const target = location === undefined ? undefined : served.method(call.protocol, call.method)
    // A locked household opens no door at all; the engine refuses, and writes down, what comes through here.
    const isLocked = consent.halts().includes('locked')
    // A device that showed itself as a contact's is nobody's sibling, whatever a document of ours says.
    const isSibling = household === undefined && own.isOurs(call.device)
    if (target && target.method.siblings === true && isSibling && !isLocked) return byDoor(call, own.household, target.handler)
    const door = target?.method.siblings === true ? undefined : target?.door
    if (target && door === 'anyone' && !isLocked) return byDoor(call, household, target.handler)
    if (target && door === 'contact' && household && !isLocked) return byDoor(call, household, target.handler)
    const scope = target && door === 'grant' && own.serves() ? target.method.scope : undefined
    const admitted = consent.admit({
      device: call.device,
      household,
      protocol: call.protocol,
      method: call.method,
      scope,
      location: location ?? '',
    })
    if (!admitted.allow) return admitted.busy === true ? busy : refuse
    if (!target) return refuse
    return {
      allow: true,
      household,
      scopes: admitted.scopes,
      handler: target.handler,
      charge: admitted.charge,
      ...calls.follow(call.device, admitted),
    }
  }
}
