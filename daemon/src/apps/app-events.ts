import type { HouseholdNode } from '@porchlight/node'
import type { FeedEvent, NumberedEvent } from '../api/event-feed.ts'
import type { App } from './app.ts'

/** Which protocol something that changed is about. */
export function protocolOf(event: FeedEvent, node: Pick<HouseholdNode, 'grants' | 'asks'>): string | undefined {
  if (event.type === 'grant.changed') return node.grants().find(({ id }) => id === event.id)?.protocol
  if (event.type === 'ask.changed') return node.asks().find(({ id }) => id === event.id)?.protocol
  return undefined
}

/** What an app is told of an event: who of the contacts is there, and what changes about its own protocols. `undefined` for everything else. */
export function eventForApp(app: App, { event, protocol }: NumberedEvent): object | undefined {
  if (event.type === 'contact.connected' || event.type === 'contact.disconnected') return event
  if (event.type !== 'grant.changed' && event.type !== 'ask.changed') return undefined
  return protocol !== undefined && app.knows(protocol) ? { ...event, protocol } : undefined
}
