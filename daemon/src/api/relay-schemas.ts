import { z } from '@hono/zod-openapi'

const ms = z.number().int().openapi({ description: 'milliseconds since 1970' })
const bytes = z.number().int().openapi({ description: 'both ways, each byte once' })
const duration = z.number().int().openapi({ description: 'milliseconds that connections were open, added up' })

export const relay = z
  .object({
    on: z.boolean(),
    carried: z
      .array(
        z.object({
          household: z.string(),
          petname: z.string().nullable().openapi({ description: 'null: other devices of this household' }),
          hasPlace: z.boolean().openapi({ description: 'whether a device of theirs can be reached through this one now' }),
          circuits: z.number().int().openapi({ description: 'connections carried at the moment' }),
          carriedBytes: bytes,
          openMs: duration,
          sinceMs: ms,
        }),
      )
      .readonly(),
    carriers: z
      .array(
        z.object({
          household: z.string(),
          petname: z.string().nullable().openapi({ description: 'null: another device of this household' }),
          device: z.string(),
          state: z.enum(['held', 'asking', 'unreachable', 'refused', 'spare']),
          stateSinceMs: ms,
          addresses: z.array(z.string()).readonly().openapi({ description: 'under which others reach this device through it' }),
          carriedBytes: bytes,
        }),
      )
      .readonly(),
  })
  .openapi('Relay')

export const relayAccount = z
  .object({ carriedBytes: bytes, openMs: duration, sinceMs: ms, circuits: z.number().int(), carries: z.boolean() })
  .openapi('RelayAccount')
