import { asPorchlightError, PorchlightError, type DeviceId, type HouseholdId } from '@porchlight/core'
import type { Mesh } from '@porchlight/mesh'
import { consentProtocol } from '@porchlight/protocol-consent'
import type { CallRequest, ClientCall, Link } from '@porchlight/wire'
import type { ConsentDesk } from './consent-desk.ts'
import type { ContactBook } from './contact-book.ts'
import { DeviceChoice, type CallPlace } from './device-choice.ts'
import type { ServedProtocols } from './served.ts'

type CallOptions = { signal?: AbortSignal; retryable?: boolean }

/** The embedded link: what the daemon, and an app that embeds a node, call contacts through. The outbound gate is asked first. */
export function createLink(node: {
  household: HouseholdId
  contacts: ContactBook
  served: ServedProtocols
  desk: ConsentDesk
  mesh: Mesh
  /** Resolves when a device may know whose this one is. */
  presented: (device: DeviceId, signal?: AbortSignal) => Promise<void>
  /** Resolves when a contact has our receipts, or cannot be brought them now. */
  receiptsFirst: (to: HouseholdId, signal?: AbortSignal) => Promise<void>
  isLocked: () => boolean
}): Link {
  const { contacts, served, desk, mesh } = node
  const choice = new DeviceChoice(contacts, (device) => mesh.isConnected(device))

  /** Begins the call on the first device that can be reached. */
  const begin = async (
    devices: readonly DeviceId[],
    request: CallRequest,
    options: CallOptions,
  ): Promise<{ call: ClientCall; at: number }> => {
    for (let at = 0; ; at++) {
      try {
        await node.presented(devices[at]!, options.signal)
        return { call: await mesh.call(devices[at]!, request, options), at }
      } catch (error) {
        if (asPorchlightError(error).code !== 'UNREACHABLE' || at + 1 >= devices.length || options.signal?.aborted) throw error
      }
    }
  }

  /** Remembers what became of a call, and asks the next device when this one says no: only what may be repeated, and before anything of an answer was here. */
  const watched = (
    place: CallPlace,
    devices: readonly DeviceId[],
    request: CallRequest,
    options: CallOptions,
    first: ClientCall,
  ): ClientCall => {
    let call = first
    let [device, ...others] = devices
    const result = async (): Promise<Uint8Array> => {
      for (;;) {
        try {
          const answer = await call.result()
          choice.answered(place, device!)
          return answer
        } catch (error) {
          if (asPorchlightError(error).code !== 'DENIED') throw error
          choice.refused(place, device!)
          if (!options.retryable || others.length === 0) throw error
          const next = await begin(others, request, options)
          call = next.call
          ;[device, ...others] = others.slice(next.at)
        }
      }
    }
    return {
      send: (message) => call.send(message),
      end: () => call.end(),
      messages: heard(place, device!, first),
      result,
      abort: (error) => call.abort(error),
      ended: first.ended,
    }
  }

  const heard = (place: CallPlace, device: DeviceId, call: ClientCall): AsyncIterable<Uint8Array> => ({
    async *[Symbol.asyncIterator]() {
      try {
        for await (const message of call.messages) {
          choice.answered(place, device)
          yield message
        }
      } catch (error) {
        if (asPorchlightError(error).code === 'DENIED') choice.refused(place, device)
        throw error
      }
    },
  })

  return {
    household: node.household,
    call: async (to, request, options = {}) => {
      const place = { to, protocol: request.protocol, location: request.location ?? '' }
      if (!contacts.get(to)) throw new PorchlightError('BAD_REQUEST', 'not a contact', { reason: 'unknown-contact' })
      const granted = request.protocol !== consentProtocol.id
      // What ends something still goes out; a locked household makes no other use of what it was given.
      if (granted && node.isLocked())
        throw new PorchlightError('CONSENT_REQUIRED', 'this household is locked: porchlight unlock', { reason: 'locked' })
      if (granted && !desk.holds(to, place.protocol, place.location))
        throw new PorchlightError('CONSENT_REQUIRED', `no grant of theirs for ${request.location ?? request.protocol} is in force here`)
      const devices = choice.candidates(place, granted)
      if (devices.length === 0) throw new PorchlightError('UNREACHABLE', 'no device of this contact is in force', { reason: 'no-device' })
      if (granted) await node.receiptsFirst(to, options.signal)
      const { call, at } = await begin(devices, request, options)
      return watched(place, devices.slice(at), request, options, call)
    },
    serve: (definition, handlers) => served.add(definition, handlers),
  }
}
