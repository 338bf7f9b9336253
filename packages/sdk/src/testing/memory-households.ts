import { PorchlightError, type HouseholdId } from '@porchlight/core'
import { FrameStream, memoryByteStreams, serveCalls, startCall, type CallHandler, type Gate, type Link } from '@porchlight/wire'
import { fakeDevice, fakeHousehold } from './fake-ids.ts'

/** A household of the in-memory network, with a consent rule that a test sets. */
export interface MemoryHousehold {
  readonly link: Link
  /** Allows one other household one protocol (at one location), until the returned function is called: that ends live calls at once. */
  allow(household: HouseholdId, protocol: string, options?: { location?: string; scopes?: string[] }): () => void
}

interface Rule {
  readonly household: HouseholdId
  readonly protocol: string
  readonly location: string
  readonly scopes: ReadonlySet<string>
  readonly ending: AbortController
}

/**
 * Households joined in memory: the real frames, calls and backpressure, no network, no disk, no keys.
 * Default deny, as everywhere.
 *
 * @param count  1–32 households
 */
export function memoryHouseholds(count: number): MemoryHousehold[] {
  const gates: Gate[] = []
  return Array.from({ length: count }, (_, index) => {
    const rules = new Set<Rule>()
    const served = new Map<string, Readonly<Record<string, CallHandler>>>()
    gates[index] = (call) => {
      const caller = Array.from({ length: count }, (_unused, n) => n).find((n) => fakeDevice(n) === call.device)
      const household = caller === undefined ? undefined : fakeHousehold(caller)
      const rule = [...rules].find(
        (each) => each.household === household && each.protocol === call.protocol && each.location === call.location,
      )
      const handler = served.get(call.protocol)?.[call.method]
      if (!rule || !handler) return { allow: false }
      return { allow: true, household, scopes: rule.scopes, signal: rule.ending.signal, handler, done: () => {} }
    }
    const link: Link = {
      household: fakeHousehold(index),
      call: async (to, request, options = {}) => {
        const there = gates.findIndex((_gate, n) => fakeHousehold(n) === to)
        const gate = gates[there]
        if (!gate) throw new PorchlightError('UNREACHABLE', 'no such household in this network')
        const [ours, theirs] = memoryByteStreams()
        void serveCalls(new FrameStream(theirs), fakeDevice(index), gate)
        return startCall(new FrameStream(ours), request, options)
      },
      serve: (definition, handlers) => {
        if (served.has(definition.id)) throw new PorchlightError('BAD_REQUEST', `${definition.id} is served already`)
        served.set(definition.id, handlers)
        return { [Symbol.dispose]: () => void served.delete(definition.id) }
      },
    }
    return {
      link,
      allow: (household, protocol, options = {}) => {
        const rule: Rule = {
          household,
          protocol,
          location: options.location ?? '',
          scopes: new Set(options.scopes),
          ending: new AbortController(),
        }
        rules.add(rule)
        return () => {
          rules.delete(rule)
          rule.ending.abort(new PorchlightError('GRANT_ENDED', 'no longer allowed'))
        }
      },
    }
  })
}
