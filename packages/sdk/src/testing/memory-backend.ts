import { PorchlightError, type DeviceId, type HouseholdId } from '@porchlight/core'
import { FrameStream, memoryByteStreams, serveCalls, startCall, type Gate } from '@porchlight/wire'
import type { Backend, IncomingHandler } from '../backend.ts'
import { pickContact } from '../pick-contact.ts'
import type { Contact, Grant, PorchlightEvent, Servable } from '../porchlight.ts'
import type { MemoryConsent } from './memory-consent.ts'
import type { TestClock } from './test-clock.ts'

interface Served {
  readonly protocol: Servable
  readonly handlers: Readonly<Record<string, IncomingHandler>>
}

/** One household of an in-memory network, as the others and its own object see it. */
export interface MemoryHome {
  readonly name: string
  readonly household: HouseholdId
  readonly device: DeviceId
  readonly served: Map<string, Served>
  readonly listeners: Set<(event: PorchlightEvent) => void>
  /** Streams of calls under way, in and out. */
  readonly streams: Set<FrameStream>
  online: boolean
}

export interface MemoryNetwork {
  readonly homes: readonly MemoryHome[]
  readonly consent: MemoryConsent
  readonly clock: TestClock
}

const refuse = { allow: false } as const

/** The inbound gate: a grant in force decides, as everywhere. */
function gateOf({ homes, consent }: MemoryNetwork, home: MemoryHome): Gate {
  return (call) => {
    const caller = homes.find(({ device }) => device === call.device)
    const served = home.served.get(call.protocol)
    const method = served && Object.hasOwn(served.protocol.methods, call.method) ? served.protocol.methods[call.method] : undefined
    const handler = served?.handlers[call.method]
    if (!caller || !method || !handler || typeof method.scope !== 'string') return refuse
    const { protocol, location } = call
    const grant = consent.inForce({ from: home.household, to: caller.household, protocol, location, scope: method.scope })
    if (!grant) return refuse
    return {
      allow: true,
      household: caller.household,
      scopes: new Set(grant.scopes),
      signal: grant.ending.signal,
      handler: (served) => handler({ ...served, household: caller.household, contact: caller.name }),
      done: () => {},
    }
  }
}

/** A household of an in-memory network as a backend: the real frames, calls and backpressure; no network, no disk, no keys. */
export function memoryBackend(network: MemoryNetwork, home: MemoryHome): Backend {
  const { homes, consent, clock } = network
  const nameOf = (household: HouseholdId): string => homes.find((each) => each.household === household)?.name ?? household
  const contacts = (): Contact[] =>
    homes
      .filter((each) => each !== home)
      .map(({ name, household, online }) => {
        const connected = online && home.online
        const path = connected ? ({ kind: 'direct', roundTripMs: 1 } as const) : null
        return { household, petname: name, label: name, connected, path }
      })

  return {
    household: home.household,
    nowMs: () => clock.now(),
    contacts: async () => contacts(),
    grants: async () =>
      consent.grantsOf(home.household).map(({ ending: _ending, from, to, ...grant }): Grant => {
        const household = from === home.household ? to : from
        return { ...grant, household, petname: nameOf(household), direction: from === home.household ? 'given' : 'received' }
      }),
    asks: async () =>
      consent
        .asksOf(home.household)
        .filter(({ from, told }) => from === home.household && told === 'PENDING')
        .map(({ from: _from, to, told, lapseMs: _lapseMs, ...ask }) => ({ ...ask, state: told, household: to, petname: nameOf(to) })),
    ask: async (input) => {
      const { household, petname } = pickContact(contacts(), input.to)
      const { id, protocol, location, scopes, why, told, expMs } = consent.ask(home.household, household, input)
      return { id, household, petname, protocol, location, scopes, why, state: told, expMs }
    },
    call: async (to, request, options) => {
      const { household, connected } = pickContact(contacts(), to)
      const there = homes.find((each) => each.household === household)!
      const wanted = { from: household, to: home.household, protocol: request.protocol, location: request.location ?? '' }
      if (!consent.inForce(wanted))
        throw new PorchlightError('CONSENT_REQUIRED', `no grant of theirs for ${request.protocol} is in force here`)
      if (!connected) throw new PorchlightError('UNREACHABLE', `${to} is offline`)
      const [ours, theirs] = memoryByteStreams().map((bytes) => new FrameStream(bytes)) as [FrameStream, FrameStream]
      for (const [side, stream] of [
        [home, ours],
        [there, theirs],
      ] as const) {
        side.streams.add(stream)
        stream.signal.addEventListener('abort', () => side.streams.delete(stream), { once: true })
      }
      void serveCalls(theirs, home.device, gateOf(network, there))
      const call = await startCall(ours, request, options)
      void call.ended.then(() => {
        home.streams.delete(ours)
        there.streams.delete(theirs)
        // One call a stream: without this end the other side would wait minutes for the next one, and the process with it.
        ours.closeWrite().catch(() => {})
      })
      return call
    },
    serve: async (protocol, handlers) => {
      if (home.served.has(protocol.id))
        throw new PorchlightError('BAD_REQUEST', `${protocol.id} is served already`, { reason: 'served-already' })
      const served = { protocol, handlers }
      home.served.set(protocol.id, served)
      return {
        [Symbol.asyncDispose]: async () => {
          if (home.served.get(protocol.id) === served) home.served.delete(protocol.id)
        },
      }
    },
    listen: (listener) => {
      home.listeners.add(listener)
      return () => void home.listeners.delete(listener)
    },
    close: async () => {
      home.served.clear()
      for (const stream of home.streams) stream.abort(new PorchlightError('CLOSED', 'the household was closed'))
    },
  }
}
