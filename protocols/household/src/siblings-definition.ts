import { defineProtocol } from '@porchlight/core'
import { changed, facts, factsRequest } from './facts-messages.ts'
import { joinAnswer, joinRequest } from './join-messages.ts'

/**
 * `/porchlight/siblings/1`: what the devices of one household say to each other. Whoever serves it answers `facts` and `changed` to devices of
 * its own household alone, and `join` to whoever proves that it holds the secret of an invite; to everybody else it does not exist.
 *
 * @see protocols/household/SPEC.md#siblings
 */
export const siblingsProtocol = defineProtocol({
  id: '/porchlight/siblings/1',
  door: 'anyone',
  methods: {
    facts: { kind: 'query', scope: null, siblings: true, input: factsRequest, output: facts },
    changed: { kind: 'procedure', scope: null, siblings: true, input: changed, output: changed },
    join: { kind: 'procedure', scope: null, input: joinRequest, output: joinAnswer },
  },
})
