import { defineProtocol, limits, PorchlightError, type Codec } from '@porchlight/core'
import { reach as messages } from './generated/reach.ts'

/** What became of trying a port. */
export type ReachOutcome = 'not-tried' | 'answered' | 'silent' | 'later'

/** What another device sees of this one. */
export interface Looked {
  /** Multiaddr of our end of the connection, without `/p2p/`; empty when they see us through a relay only. */
  readonly address: string
  readonly outcome: ReachOutcome
  /** Their clock, in milliseconds since 1970. */
  readonly atMs: number
}

export interface Look {
  /** TCP port of ours to try; 0 for none. */
  readonly port: number
}

const outcomes = ['not-tried', 'answered', 'silent', 'later'] as const
const { NOT_TRIED, ANSWERED, SILENT, LATER } = messages.Looked.Outcome
const written = { 'not-tried': NOT_TRIED, answered: ANSWERED, silent: SILENT, later: LATER }

const look: Codec<Look> = {
  encode: ({ port = 0 }) => messages.Look.encode({ port }),
  decode: (bytes) => {
    const { port } = messages.Look.decode(bytes)
    if (port > 65_535) throw new PorchlightError('BAD_REQUEST', `not a port: ${port}`)
    return { port }
  },
}

const looked: Codec<Looked> = {
  encode: ({ address = '', outcome = 'not-tried', atMs = 0 }) => messages.Looked.encode({ address, outcome: written[outcome], atMs }),
  decode: (bytes) => {
    const { address, outcome, atMs } = messages.Looked.decode(bytes)
    if (address.length > limits.addressChars) throw new PorchlightError('TOO_LARGE', `address of ${address.length} characters`)
    const known = outcomes.find((name) => written[name] === outcome)
    if (known === undefined) throw new PorchlightError('BAD_REQUEST', 'not an outcome')
    return { address, outcome: known, atMs }
  },
}

/**
 * `/porchlight/reach/1`: how a contact sees this device, and whether a port of ours answers it.
 *
 * @see protocols/reach/SPEC.md
 */
export const reachProtocol = defineProtocol({
  id: '/porchlight/reach/1',
  door: 'contact',
  methods: { look: { kind: 'procedure', scope: null, input: look, output: looked } },
})
