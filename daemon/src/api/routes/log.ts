import { limits } from '@porchlight/core'
import { z } from '@hono/zod-openapi'
import { operation } from '../operation.ts'
import { logEntry, logVerification } from '../schemas.ts'

export const logOperations = [
  operation({
    method: 'get',
    path: '/v1/log',
    summary: "The household's own record, a page at a time",
    tag: 'log',
    query: z.object({
      after: z.coerce.number().int().min(-1).optional().openapi({ description: '`next` of the page before; left out: from the beginning' }),
      limit: z.coerce.number().int().min(1).max(limits.logPageEntries).default(100),
    }),
    answer: z.object({
      entries: z.array(logEntry).readonly(),
      next: z.number().int().nullable().openapi({ description: 'send it as `after`; null when this was the last page' }),
    }),
    run: async ({ query: { after, limit } }, { node }) => {
      const found = await node.log({ limit: limit + 1, ...(after !== undefined && { after }) })
      const entries = found.slice(0, limit)
      return { entries, next: found.length > limit ? (entries.at(-1)?.n ?? null) : null }
    },
  }),
  operation({
    method: 'get',
    path: '/v1/log/verify',
    summary: 'Check the chain of the record from its first entry',
    tag: 'log',
    answer: logVerification,
    run: async (_input, { node }) => await node.verifyLog(),
  }),
] as const
