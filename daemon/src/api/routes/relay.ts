import { limits } from '@porchlight/core'
import { relayOffer } from '@porchlight/node'
import { z } from '@hono/zod-openapi'
import { operation } from '../operation.ts'
import { card, grant, limitsBody } from '../schemas.ts'
import { relay, relayAccount } from '../relay-schemas.ts'

const allowInput = z.object({
  to: z.string().min(1).max(limits.locationChars).openapi({ description: 'the contact who may be reached through this device' }),
  untilMs: z.number().int(),
  limits: limitsBody.optional(),
})

/** Carrying connections for others, and being carried. */
export const relayOperations = [
  operation({
    method: 'get',
    path: '/v1/relay',
    summary: 'Whether this device is a relay, what it carried for whom, and who carries for it',
    tag: 'relay',
    answer: relay,
    run: async (_input, { node }) => node.relay.view(),
  }),
  operation({
    method: 'post',
    path: '/v1/relay/on',
    summary: 'Be a relay for the other devices of this household and for those who hold a grant for it, from now on and after a restart',
    tag: 'relay',
    answer: relay,
    run: async (_input, { node }) => await node.relay.on(),
  }),
  operation({
    method: 'post',
    path: '/v1/relay/off',
    summary: 'Be no relay; what is carried ends at once',
    tag: 'relay',
    answer: relay,
    run: async (_input, { node }) => await node.relay.off(),
  }),
  operation({
    method: 'post',
    path: '/v1/relay/allow-preview',
    summary: 'The consent card of letting a contact be carried, without doing it',
    tag: 'relay',
    body: allowInput,
    answer: z.object({ card }),
    run: async ({ body: { to, untilMs: expMs, limits: most } }, { node }) => ({
      card: node.prepareOffer(relayOffer({ to, expMs, limits: most })),
    }),
  }),
  operation({
    method: 'post',
    path: '/v1/relay/allow',
    summary: 'Let a contact be carried, as the card said that was shown',
    tag: 'relay',
    body: allowInput.extend({ shown: z.string().max(128).openapi({ description: '`card.hash` of the preview that the person saw' }) }),
    answer: grant,
    run: async ({ body: { to, untilMs: expMs, limits: most, shown } }, { node }) =>
      await node.offer({ ...relayOffer({ to, expMs, limits: most }), shown }),
  }),
  operation({
    method: 'get',
    path: '/v1/relay/account',
    summary: 'The account that a contact who carries for this household keeps itself',
    tag: 'relay',
    query: z.object({ of: z.string().min(1).max(limits.locationChars) }),
    answer: relayAccount,
    run: async ({ query }, { node }) => await node.relay.askAccount(query.of),
  }),
] as const
