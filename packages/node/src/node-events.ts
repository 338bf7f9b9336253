import type { ConsentEvent } from '@porchlight/consent'
import type { NodeEvent } from './household-node.ts'

/** What screens are told of something that happened in the consent engine; `undefined` for what only the node acts on. */
export function nodeEventOf(event: ConsentEvent): NodeEvent | undefined {
  switch (event.type) {
    case 'grant':
    case 'held':
      return { type: 'grant.changed', id: event.id }
    case 'ask':
    case 'own-ask':
      return { type: 'ask.changed', id: event.id }
    case 'digest':
      return { type: 'asks.waiting', total: event.waiting, contacts: event.contacts }
    case 'halts':
      return { type: 'halts.changed', causes: event.causes }
    default:
      return undefined
  }
}
