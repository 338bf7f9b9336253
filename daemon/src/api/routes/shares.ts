import { limits } from '@porchlight/core'
import { z } from '@hono/zod-openapi'
import type { Daemon } from '../daemon.ts'
import { operation } from '../operation.ts'
import { grant, services, shareInput, sharePreview } from '../schemas.ts'

/** The local address of a friend's app: `http://NAME.HOUSEHOLD.localhost:PORT/`. */
export const appUrl = (name: string, label: string, port: number) => `http://${name}.${label}.localhost:${port}/`

function servicesOf({ shares, node, gatewayPort }: Daemon): z.input<typeof services> {
  const contacts = new Map(node.contacts().map((each) => [each.household, each]))
  return {
    mine: shares.mine().map(({ service, grants }) => ({ ...service, sharedWith: grants })),
    offered: shares.offered().map((each) => {
      const label = contacts.get(each.household)?.label ?? ''
      const url = gatewayPort === undefined || label === '' ? null : appUrl(each.location, label, gatewayPort)
      return { name: each.location, household: each.household, petname: each.petname, label, url, grant: each }
    }),
  }
}

export const shareOperations = [
  operation({
    method: 'get',
    path: '/v1/services',
    summary: 'What this household shares, and what others offer it',
    tag: 'shares',
    answer: services,
    run: async (_input, daemon) => servicesOf(daemon),
  }),
  operation({
    method: 'post',
    path: '/v1/shares/preview',
    summary: 'The consent card of a share, without sharing',
    tag: 'shares',
    body: shareInput,
    answer: sharePreview,
    run: async ({ body }, { shares }) => shares.preview(body),
  }),
  operation({
    method: 'post',
    path: '/v1/shares',
    summary: 'Share an app with a contact, as the card said that was shown',
    tag: 'shares',
    body: shareInput.extend({ shown: z.string().max(128).openapi({ description: '`card.hash` of the preview that the person saw' }) }),
    answer: grant,
    run: async ({ body }, { shares }) => await shares.share(body),
  }),
  operation({
    method: 'delete',
    path: '/v1/shares/{name}',
    summary: 'Revoke what was given for a service; without `with` from everybody, and forget the service',
    tag: 'shares',
    params: z.object({ name: z.string().max(limits.serviceNameChars) }),
    query: z.object({ with: z.string().max(limits.locationChars).optional() }),
    answer: z.object({ revoked: z.array(grant).readonly() }),
    run: async ({ params, query }, { shares }) => ({ revoked: await shares.unshare(params.name, query.with) }),
  }),
] as const
