import { limits } from '@porchlight/core'
import { z } from '@hono/zod-openapi'
import { operation } from '../operation.ts'

const checkpoint = z
  .object({
    size: z.number().int(),
    root: z.string().openapi({ description: 'base64' }),
    note: z.string().openapi({ description: 'the signed note, whole (C2SP tlog-checkpoint)' }),
  })
  .openapi('Checkpoint')

const proof = z
  .object({
    n: z.number().int(),
    id: z.string(),
    envelope: z.string().openapi({ description: 'the signed entry in hex' }),
    leaf: z.string(),
    proof: z.array(z.string()).readonly().openapi({ description: 'hashes in hex, from the leaf to the root (RFC 6962)' }),
    checkpoint,
  })
  .openapi('EntryProof')

export const recordOperations = [
  operation({
    method: 'post',
    path: '/v1/log/checkpoint',
    summary: 'Sign where the record stands now',
    tag: 'log',
    answer: checkpoint,
    run: async (_input, { node }) => await node.record.checkpoint(),
  }),
  operation({
    method: 'get',
    path: '/v1/log/proof',
    summary: 'Prove that an entry is in the record',
    tag: 'log',
    query: z.object({ n: z.coerce.number().int().min(1) }),
    answer: proof,
    run: async ({ query: { n } }, { node }) => await node.record.prove(n),
  }),
  operation({
    method: 'post',
    path: '/v1/log/erase',
    summary: 'Erase what the record says before a time, or about one contact; never that it said something',
    tag: 'log',
    body: z.object({ beforeMs: z.number().int().min(0).optional(), contact: z.string().max(limits.locationChars).optional() }),
    answer: z.object({ entries: z.number().int(), objects: z.number().int() }),
    run: async ({ body: { beforeMs, contact } }, { node }) =>
      await node.record.erase({ ...(beforeMs !== undefined && { beforeMs }), ...(contact !== undefined && { contact }) }),
  }),
  operation({
    method: 'get',
    path: '/v1/consent-records',
    summary: 'Every consent given and received, shaped after ISO/IEC TS 27560',
    tag: 'consent',
    answer: z.record(z.string(), z.unknown()),
    run: async (_input, { node }) => ({ ...(await node.record.consentRecords()) }),
  }),
] as const
