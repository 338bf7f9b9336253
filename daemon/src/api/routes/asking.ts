import { limits } from '@porchlight/core'
import { z } from '@hono/zod-openapi'
import { operation } from '../operation.ts'
import { ask, block, card, digest, limitsBody, scopeChoice } from '../schemas.ts'

const ref = z.string().min(1).max(limits.locationChars)
const byId = z.object({ id: ref })
const ms = z.number().int()
const shown = z.string().max(128).openapi({ description: '`card.hash` of what the person saw' })
const protocol = z
  .string()
  .max(limits.protocolIdChars)
  .optional()
  .openapi({ description: 'only asks and grants of this protocol; without it everything' })

const terms = z.object({
  ...scopeChoice,
  untilMs: ms.optional().openapi({ description: 'default: as asked' }),
  limits: limitsBody.optional(),
  why: z
    .string()
    .max(limits.whyChars * 4)
    .optional(),
})
const termsOf = ({ untilMs, ...rest }: z.infer<typeof terms>) => ({ ...rest, expMs: untilMs })

/** Asks beyond yes and no: counter-offers, putting off, blocks, and the summary of what waits. */
export const askingOperations = [
  operation({
    method: 'post',
    path: '/v1/asks/{id}/counter-preview',
    summary: 'The consent card of a counter-offer, without offering it',
    tag: 'consent',
    params: byId,
    body: terms,
    answer: z.object({ card }),
    run: async ({ params, body }, { node }) => ({ card: node.asking.prepareCounter(params.id, termsOf(body)) }),
  }),
  operation({
    method: 'post',
    path: '/v1/asks/{id}/counter',
    summary: 'Offer the asker something else; when it signs exactly that, it is in force at once',
    tag: 'consent',
    params: byId,
    body: terms.extend({ shown }),
    answer: ask,
    run: async ({ params, body: { shown: hash, ...body } }, { node }) =>
      await node.asking.counter(params.id, { ...termsOf(body), shown: hash }),
  }),
  operation({
    method: 'post',
    path: '/v1/asks/{id}/accept-counter',
    summary: 'Accept exactly what was offered instead of an ask of ours; answers with our acceptance, which waits as an ask of its own',
    tag: 'consent',
    params: byId,
    body: z.object({ shown }),
    answer: ask,
    run: async ({ params, body }, { node }) => await node.asking.accept(params.id, body),
  }),
  operation({
    method: 'post',
    path: '/v1/asks/{id}/snooze',
    summary: 'Put an ask off; nobody is told',
    tag: 'consent',
    params: byId,
    body: z.object({ untilMs: ms }),
    answer: ask,
    run: async ({ params, body }, { node }) => await node.asking.snooze(params.id, body),
  }),
  operation({
    method: 'get',
    path: '/v1/blocks',
    summary: 'Who is blocked, and for what',
    tag: 'consent',
    answer: z.object({ blocks: z.array(block).readonly() }),
    run: async (_input, { node }) => ({ blocks: node.asking.blocks() }),
  }),
  operation({
    method: 'post',
    path: '/v1/blocks',
    summary: 'Block a contact: its calls end at once, its asks are dropped; answers when that is on disk',
    tag: 'consent',
    body: z.object({ contact: ref, protocol }),
    answer: block,
    run: async ({ body: { contact, ...rest } }, { node }) => await node.asking.block(contact, rest),
  }),
  operation({
    method: 'delete',
    path: '/v1/blocks/{contact}',
    summary: 'Lift a block; grants that are still in force allow again',
    tag: 'consent',
    params: z.object({ contact: ref }),
    query: z.object({ protocol }),
    answer: z.object({ unblocked: z.literal(true) }),
    run: async ({ params, query }, { node }) => {
      await node.asking.unblock(params.contact, query)
      return { unblocked: true as const }
    },
  }),
  operation({
    method: 'get',
    path: '/v1/digest',
    summary: 'What waits for a decision, by contact, the longest first',
    tag: 'consent',
    answer: digest,
    run: async (_input, { node }) => node.asking.digest(),
  }),
] as const
