import { limits } from '@porchlight/core'
import { z } from '@hono/zod-openapi'
import { shareProtocol } from '../../services/shares.ts'
import { operation } from '../operation.ts'
import { ask, card, grant, limitsBody, scopeChoice, session } from '../schemas.ts'

const byId = z.object({ id: z.string().min(1).max(limits.locationChars) })
const ms = z.number().int()

const askBody = z.object({
  to: z.string().min(1).max(limits.locationChars),
  protocol: z.string().max(limits.protocolIdChars).default(shareProtocol),
  location: z.string().max(limits.locationChars),
  ...scopeChoice,
  why: z.string().max(limits.whyChars * 4),
  untilMs: ms,
  limits: limitsBody.optional(),
})

export const consentOperations = [
  operation({
    method: 'get',
    path: '/v1/asks',
    summary: 'What waits for a decision',
    tag: 'consent',
    answer: z.object({ asks: z.array(ask).readonly() }),
    run: async (_input, { node }) => ({ asks: node.asks() }),
  }),
  operation({
    method: 'post',
    path: '/v1/asks',
    summary: 'Ask a contact for something',
    tag: 'consent',
    body: askBody.extend({
      shown: z.string().max(128).optional().openapi({ description: '`card.hash` of the preview that the person saw' }),
    }),
    answer: ask,
    run: async ({ body: { untilMs, ...input } }, { node }) => await node.ask({ ...input, expMs: untilMs }),
  }),
  operation({
    method: 'post',
    path: '/v1/asks/preview',
    summary: 'The consent card of an ask of ours, without asking',
    tag: 'consent',
    body: askBody,
    answer: z.object({ card }),
    run: async ({ body: { untilMs, ...input } }, { node }) => ({ card: node.prepareAsk({ ...input, expMs: untilMs }) }),
  }),
  operation({
    method: 'post',
    path: '/v1/asks/{id}/approve',
    summary: 'Say yes, as the card said that was shown',
    tag: 'consent',
    params: byId,
    body: z.object({ shown: z.string().max(128), untilMs: ms.optional() }),
    answer: grant,
    run: async ({ params, body }, { node }) =>
      await node.approve(params.id, { shown: body.shown, ...(body.untilMs !== undefined && { expMs: body.untilMs }) }),
  }),
  operation({
    method: 'post',
    path: '/v1/asks/{id}/deny',
    summary: 'Say no',
    tag: 'consent',
    params: byId,
    answer: z.object({ denied: z.literal(true) }),
    run: async ({ params }, { node }) => {
      await node.deny(params.id)
      return { denied: true as const }
    },
  }),
  operation({
    method: 'get',
    path: '/v1/grants',
    summary: 'What was given and received',
    tag: 'consent',
    answer: z.object({ grants: z.array(grant).readonly() }),
    run: async (_input, { node }) => ({ grants: node.grants() }),
  }),
  operation({
    method: 'post',
    path: '/v1/grants/{id}/revoke',
    summary: 'Stop a grant at once; answers when that is on disk',
    tag: 'consent',
    params: byId,
    query: z.object({
      erase: z
        .enum(['true', 'false'])
        .default('false')
        .openapi({ description: 'ask the other side to erase what it has; it may claim to' }),
    }),
    answer: grant,
    run: async ({ params, query }, { node }) => await node.revoke(params.id, { erase: query.erase === 'true' }),
  }),
  operation({
    method: 'get',
    path: '/v1/sessions',
    summary: 'Who is in right now',
    tag: 'consent',
    answer: z.object({ sessions: z.array(session).readonly() }),
    run: async (_input, { node }) => ({ sessions: node.sessions() }),
  }),
  operation({
    method: 'post',
    path: '/v1/sessions/{id}/stop',
    summary: 'End a session for good: revokes the grant it runs under',
    tag: 'consent',
    params: byId,
    answer: grant,
    run: async ({ params }, { node }) => await node.stop(params.id),
  }),
] as const
