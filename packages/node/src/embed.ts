import { PorchlightError, type HouseholdId } from '@porchlight/core'
import { porchlightOver, type Backend, type Porchlight, type PorchlightEvent } from '@porchlight/sdk'
import type { HouseholdNode, NodeEvent } from './household-node.ts'
import type { AskView, ContactView, GrantView } from './views.ts'

const contactOf = ({ household, petname, label, connected, path }: ContactView) => {
  return { household, petname, label, connected, path: path && { kind: path.kind, roundTripMs: path.roundTripMs } }
}

const askOf = ({ id, household, petname, protocol, location, scopes, why, state, expMs }: AskView) => {
  return { id, household, petname, protocol, location, scopes, why, state, expMs }
}

const grantOf = ({ id, direction, household, petname, protocol, location, scopes, state, expMs }: GrantView) => {
  return { id, direction, household, petname, protocol, location, scopes, state, expMs }
}

function eventOf(event: NodeEvent): PorchlightEvent | undefined {
  switch (event.type) {
    case 'contact.connected':
    case 'contact.disconnected':
    case 'ask.changed':
    case 'grant.changed':
      return event
    default:
      return undefined
  }
}

function backendOf(node: HouseholdNode, nowMs: () => number): Backend {
  const petnameOf = (household: HouseholdId): string => {
    try {
      return node.contact(household).petname
    } catch {
      // Removed in this very moment; the call ends by itself.
      return household
    }
  }
  return {
    household: node.household,
    nowMs,
    contacts: async () => node.contacts().map(contactOf),
    asks: async () =>
      node
        .asks()
        .filter(({ kind }) => kind === 'ours' || kind === 'counter')
        .map(askOf),
    grants: async () => node.grants().map(grantOf),
    ask: async ({ protocol, ...ask }) => {
      node.knowManifest(protocol.manifest)
      return askOf(await node.ask({ ...ask, protocol: protocol.id }))
    },
    call: async (to, request, options) => node.link.call(node.contact(to).household, request, options),
    serve: async (protocol, handlers) => {
      const served = node.serve({
        definition: protocol,
        manifest: protocol.manifest,
        handlers: Object.fromEntries(
          Object.entries(handlers).map(([name, handler]) => [
            name,
            async (call) => {
              // Behind a grant there is always a household; a protocol without one is not served through here.
              if (call.household === undefined) throw new PorchlightError('DENIED', 'this call has no household')
              return handler({ ...call, household: call.household, contact: petnameOf(call.household) })
            },
          ]),
        ),
      })
      return { [Symbol.asyncDispose]: async () => served[Symbol.dispose]() }
    },
    listen: (listener) =>
      node.on((event) => {
        const told = eventOf(event)
        if (told) listener(told)
      }),
    close: async () => {},
  }
}

/**
 * The object that apps hold, over a node in the same process: `connect()` of the SDK gives the same over a daemon.
 * The node stays whose it was: close it after this.
 *
 * @param options.nowMs  the clock that asks count from
 */
export function embed(node: HouseholdNode, { nowMs = Date.now }: { nowMs?: () => number } = {}): Porchlight {
  return porchlightOver(backendOf(node, nowMs))
}
