import { limits, PorchlightError } from '@porchlight/core'
import { z } from '@hono/zod-openapi'
import { operation } from '../operation.ts'
import { appContact } from '../app-schemas.ts'
import { contact, invite } from '../schemas.ts'

const ref = z.object({
  ref: z.string().min(1).max(limits.locationChars).openapi({ description: 'petname, label, household id, or at least 6 characters of it' }),
})
const petname = z
  .string()
  .min(1)
  .max(limits.petnameChars * 4)
const removed = z.object({ removed: z.literal(true) })

export const contactOperations = [
  operation({
    method: 'get',
    path: '/v1/invites',
    summary: 'Invites that were made',
    tag: 'contacts',
    answer: z.object({ invites: z.array(invite).readonly() }),
    run: async (_input, { node }) => ({ invites: node.invites() }),
  }),
  operation({
    method: 'post',
    path: '/v1/invites',
    summary: 'Make a single-use invite',
    tag: 'contacts',
    body: z.object({ note: z.string().max(limits.textChars).optional(), petname: petname.optional() }),
    answer: invite,
    run: async ({ body }, { node }) => await node.createInvite(body),
  }),
  operation({
    method: 'delete',
    path: '/v1/invites/{id}',
    summary: 'Cancel an invite',
    tag: 'contacts',
    params: z.object({ id: z.string().max(limits.locationChars) }),
    answer: removed,
    run: async ({ params }, { node }) => {
      await node.cancelInvite(params.id)
      return { removed: true as const }
    },
  }),
  operation({
    method: 'post',
    path: '/v1/invites/accept',
    summary: 'Pair with the household that made a link',
    tag: 'contacts',
    body: z.object({ link: z.string().min(1).max(4096), petname: petname.optional() }),
    answer: contact,
    run: async ({ body: { link, ...input } }, { node }, { signal }) => await node.acceptInvite(link, { ...input, signal }),
  }),
  operation({
    method: 'get',
    path: '/v1/contacts',
    summary: 'Households this one knows',
    tag: 'contacts',
    callers: 'app',
    answer: z.object({
      contacts: z
        .array(z.union([contact, appContact]))
        .readonly()
        .openapi({ description: 'apps see how to call them and whether they are there, and nothing else' }),
    }),
    run: async (_input, { node }, { caller }) => ({
      contacts: caller.kind === 'app' ? node.contacts().map((each) => appContact.parse(each)) : node.contacts(),
    }),
  }),
  operation({
    method: 'get',
    path: '/v1/contacts/{ref}',
    summary: 'One contact',
    tag: 'contacts',
    params: ref,
    answer: contact,
    run: async ({ params }, { node }) => node.contact(params.ref),
  }),
  operation({
    method: 'patch',
    path: '/v1/contacts/{ref}',
    summary: 'Rename a contact, or record that the words were compared',
    tag: 'contacts',
    params: ref,
    body: z.object({ petname: petname.optional(), compared: z.literal(true).optional() }),
    answer: contact,
    run: async ({ params, body }, { node }) => {
      if (body.petname === undefined && body.compared === undefined)
        throw new PorchlightError('BAD_REQUEST', 'nothing to change: give petname or compared')
      const { household } = node.contact(params.ref)
      if (body.petname !== undefined) await node.renameContact(household, body.petname)
      if (body.compared) await node.markCompared(household)
      return node.contact(household)
    },
  }),
  operation({
    method: 'delete',
    path: '/v1/contacts/{ref}',
    summary: 'Revoke every grant of a contact, then forget it',
    tag: 'contacts',
    params: ref,
    answer: removed,
    run: async ({ params }, { node }) => {
      await node.removeContact(params.ref)
      return { removed: true as const }
    },
  }),
] as const
