import { reachProtocol } from '@porchlight/protocol-reach'
import { hex } from './bytes.ts'

const { input, output } = reachProtocol.methods.look
const seen = { address: '/ip4/51.20.0.2/tcp/50123', outcome: 'answered', atMs: 1_800_000_000_000 } as const

/** The messages of reach/1. Deterministic. */
export function reachVectors(): object {
  const look = (name: string, port: number) => ({ name, message: 'Look', bytes: hex(input.encode({ port })), valid: true, fields: { port } })
  const looked = (name: string, fields: Parameters<typeof output.encode>[0]) => ({ name, message: 'Looked', bytes: hex(output.encode(fields)), valid: true, fields })
  const bad = (name: string, message: string, bytes: string, because: string) => ({ name, message, bytes, valid: false, because })
  return {
    about: 'Messages of look. Bytes are hex. Outcomes: not-tried 0, answered 1, silent 2, later 3. Written by scripts/make-vectors.ts.',
    cases: [
      look('only look: no bytes at all', 0),
      look('a port', 4001),
      look('the last port', 65_535),
      looked('answered', seen),
      looked('silent, over IPv6', { ...seen, address: '/ip6/2a01:20:1::10/tcp/50123', outcome: 'silent' }),
      looked('behind a relay: nothing seen', { address: '', outcome: 'not-tried', atMs: seen.atMs }),
      looked('put off', { ...seen, outcome: 'later' }),
      bad('a port beyond 65535', 'Look', '08808004', 'BAD_REQUEST'),
      bad('a port cut off', 'Look', '08', 'malformed'),
      bad('an outcome that nobody knows', 'Looked', '1009', 'malformed'),
      bad('an address of 257 characters', 'Looked', hex(output.encode({ ...seen, address: 'x'.repeat(257) })), 'TOO_LARGE'),
    ],
  }
}
