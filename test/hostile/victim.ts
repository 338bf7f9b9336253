import { defineProtocol, type ManifestBody } from '@porchlight/core'
import { sampleManifest } from '@porchlight/consent/testing'
import type { HouseholdNode } from '@porchlight/node'
import type { CallHandler } from '@porchlight/wire'
import { agree as agreeOn } from '../../packages/node/src/testing/street.ts'

export { pair, Street } from '../../packages/node/src/testing/street.ts'
export const dayMs = 86_400_000
const raw = { encode: (bytes: object) => bytes as Uint8Array, decode: (bytes: Uint8Array) => bytes }

/** A protocol with a short call, one that goes on, and one that changes something under an optional scope. */
export const hall = defineProtocol({
  id: '/example/hall/1',
  methods: {
    look: { kind: 'query', scope: 'use', input: raw, output: raw },
    follow: { kind: 'stream', scope: 'use', input: raw, output: raw },
    change: { kind: 'procedure', scope: 'upload', input: raw, output: raw },
  },
})
export const hallManifest: ManifestBody = { ...sampleManifest, proto: hall.id }

/** Serves the hall and counts what reaches its handlers. */
export function serveHall(node: HouseholdNode): { handled: number; sent: number } {
  const seen = { handled: 0, sent: 0 }
  const counted =
    (run: CallHandler): CallHandler =>
    (call) => {
      seen.handled += 1
      return run(call)
    }
  node.serve({
    definition: hall,
    manifest: hallManifest,
    handlers: {
      look: counted(async () => new Uint8Array([1])),
      change: counted(async () => new Uint8Array([2])),
      follow: counted(async (call) => {
        for (;;) {
          await call.send(new Uint8Array(1000))
          seen.sent += 1
          await new Promise((resolve) => void setTimeout(resolve, 1))
        }
      }),
    },
  })
  return seen
}

/** Offers a room of the hall and waits until both have signed. @returns the grant */
export const agree = (owner: HouseholdNode, guest: HouseholdNode, to: string, location?: string, expMs?: number): Promise<string> =>
  agreeOn(owner, guest, {
    to,
    protocol: hall.id,
    ...(location === undefined ? {} : { location }),
    ...(expMs === undefined ? {} : { expMs }),
  })
