import { limits, parseLocation, PorchlightError, type DeviceId, type HouseholdId } from '@porchlight/core'
import type { Consent } from '@porchlight/consent'
import type { Gate, InboundCall, Verdict } from '@porchlight/wire'
import type { ContactBook } from './contact-book.ts'
import type { ServedProtocols } from './served.ts'

const refuse: Verdict = { allow: false }
const noScopes: ReadonlySet<string> = new Set()

/** Calls that came in by a door other than a grant, per device: bounded, and ended when the device stops being welcome. */
export class DoorCalls {
  readonly #byDevice = new Map<DeviceId, Set<AbortController>>()

  /** @returns `undefined` when the device has as many under way as it may */
  enter(device: DeviceId): { signal: AbortSignal; done(): void } | undefined {
    const running = this.#byDevice.get(device) ?? new Set()
    if (running.size >= limits.doorCallsPerDevice) return undefined
    const ending = new AbortController()
    running.add(ending)
    this.#byDevice.set(device, running)
    const done = (): void => {
      running.delete(ending)
      if (running.size === 0) this.#byDevice.delete(device)
    }
    return { signal: ending.signal, done }
  }

  /** Ends the calls of one device. */
  end(device: DeviceId): void {
    for (const ending of this.#byDevice.get(device) ?? []) ending.abort(new PorchlightError('GRANT_ENDED', 'no longer welcome'))
  }
}

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
export function createGate(node: { contacts: ContactBook; consent: Consent; served: ServedProtocols; doors: DoorCalls }): Gate {
  const { contacts, consent, served, doors } = node

  const byDoor = (
    call: InboundCall,
    household: HouseholdId | undefined,
    handler: Extract<Verdict, { allow: true }>['handler'],
  ): Verdict => {
    const entered = doors.enter(call.device)
    return entered ? { allow: true, household, scopes: noScopes, handler, ...entered } : refuse
  }

  return (call) => {
    const household = contacts.householdOf(call.device)
    const target = served.method(call.protocol, call.method)
    const location = locationOf(call)
    if (target?.door === 'anyone') return byDoor(call, household, target.handler)
    if (target?.door === 'contact' && household) return byDoor(call, household, target.handler)
    const scope = target?.door === 'grant' && location !== undefined ? target.method.scope : undefined
    const admitted = consent.admit({
      device: call.device,
      household,
      protocol: call.protocol,
      method: call.method,
      scope,
      location: location ?? '',
    })
    if (!admitted.allow || !target) return refuse
    return {
      allow: true,
      household,
      scopes: admitted.scopes,
      signal: admitted.signal,
      handler: target.handler,
      count: admitted.count,
      done: admitted.done,
    }
  }
}
