import { limits, PorchlightError } from '@porchlight/core'
import { z } from '@hono/zod-openapi'
import { shareProtocol } from '../../services/shares.ts'
import { operation } from '../operation.ts'
import { ask, card, fresh, grant, limitsBody, scopeChoice, session } from '../schemas.ts'

const byId = z.object({ id: z.string().min(1).max(limits.locationChars) })
const ms = z.number().int()

const askBody = z.object({
  to: z.string().min(1).max(limits.locationChars).optional().openapi({ description: 'the contact; this or `invite`' }),
  invite: z.string().min(1).max(4096).optional().openapi({
    description: 'an open link of a household that is no contact yet: it is asked without pairing, and answers once the two are paired',
  }),
  protocol: z.string().max(limits.protocolIdChars).default(shareProtocol),
  location: z.string().max(limits.locationChars),
  ...scopeChoice,
  why: z.string().max(limits.whyChars * 4),
  untilMs: ms,
  limits: limitsBody.optional(),
})

interface AskedOne {
  readonly to?: string | undefined
  readonly invite?: string | undefined
}

/** Asks a contact, or whoever made a link. @throws `BAD_REQUEST` unless exactly one of the two is named */
function whomToAsk<T>({ to, invite }: AskedOne, ask: { contact: (to: string) => T; link: (link: string) => T }): T {
  if (invite !== undefined && to === undefined) return ask.link(invite)
  if (to !== undefined && invite === undefined) return ask.contact(to)
  throw new PorchlightError('BAD_REQUEST', 'an ask names either `to`, a contact, or `invite`, a link', { reason: 'not-valid' })
}

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
    summary: 'Ask a contact for something, or the household that made a link',
    tag: 'consent',
    body: askBody.extend({
      shown: z.string().max(128).optional().openapi({ description: '`card.hash` of the preview that the person saw' }),
    }),
    answer: ask,
    run: async ({ body: { untilMs, to: contact, invite, ...rest } }, { node }, { signal }) => {
      const input = { ...rest, expMs: untilMs }
      return await whomToAsk(
        { to: contact, invite },
        {
          contact: (to) => node.ask({ ...input, to }),
          link: (link) => node.asking.askByInvite(link, { ...input, signal }),
        },
      )
    },
  }),
  operation({
    method: 'post',
    path: '/v1/asks/preview',
    summary: 'The consent card of an ask of ours, without asking',
    tag: 'consent',
    body: askBody,
    answer: z.object({ card }),
    run: async ({ body: { untilMs, to: contact, invite, ...rest } }, { node }) => {
      const input = { ...rest, expMs: untilMs }
      const shown = whomToAsk(
        { to: contact, invite },
        {
          contact: (to) => node.prepareAsk({ ...input, to }),
          link: (link) => node.asking.prepareByInvite(link, input),
        },
      )
      return { card: shown }
    },
  }),
  operation({
    method: 'post',
    path: '/v1/asks/{id}/approve',
    summary: 'Say yes, as the card said that was shown',
    tag: 'consent',
    params: byId,
    body: z.object({ shown: z.string().max(128), untilMs: ms.optional(), freshMs: fresh.optional() }),
    answer: grant,
    run: async ({ params, body: { shown, untilMs, freshMs } }, { node }) =>
      await node.approve(params.id, { shown, expMs: untilMs, freshMs }),
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
