import { limits } from '@porchlight/core'
import { z } from '@hono/zod-openapi'
import { shareProtocol } from '../../services/shares.ts'
import type { Daemon } from '../daemon.ts'
import { operation } from '../operation.ts'
import { ask, card, grant, status, why } from '../schemas.ts'
import { statusOf } from './household.ts'

const ref = z.string().min(1).max(limits.locationChars)
const byId = z.object({ id: ref })
const ms = z.number().int()

const held = async (daemon: Daemon, work: Promise<void>) => {
  await work
  return statusOf(daemon)
}

/** Stopping and holding everything, renewing, giving back, and why. */
export const controlOperations = [
  operation({
    method: 'post',
    path: '/v1/panic',
    summary: 'Stop everything at once, on all devices of the household',
    tag: 'consent',
    answer: status,
    run: async (_input, daemon) => await held(daemon, daemon.node.control.panic()),
  }),
  operation({
    method: 'post',
    path: '/v1/resume',
    summary: 'Undo panic, or confirm single grants, or the clock',
    tag: 'consent',
    body: z.object({
      grants: z
        .array(ref)
        .max(limits.grantsPerRevocation)
        .default([])
        .openapi({ description: 'with any, only these are confirmed, and what holds everything stays' }),
      clockIsRight: z
        .boolean()
        .default(false)
        .openapi({ description: "a person says that this machine's clock is right although it went back" }),
    }),
    answer: status,
    run: async ({ body }, daemon) => {
      const { control } = daemon.node
      if (body.clockIsRight) await control.confirmClock()
      if (!body.clockIsRight || body.grants.length > 0) await control.resume({ grants: body.grants })
      return statusOf(daemon)
    },
  }),
  operation({
    method: 'post',
    path: '/v1/lock',
    summary: 'Deny everything, also after a restart, until it is unlocked',
    tag: 'household',
    answer: status,
    run: async (_input, daemon) => await held(daemon, daemon.node.control.lock()),
  }),
  operation({
    method: 'post',
    path: '/v1/unlock',
    summary: 'Unlock; with the passphrase where the keys are sealed',
    tag: 'household',
    body: z.object({ passphrase: z.string().max(1024).optional() }),
    answer: status,
    run: async ({ body }, daemon) => await held(daemon, daemon.node.control.unlock(body.passphrase)),
  }),
  operation({
    method: 'post',
    path: '/v1/grants/{id}/renewal-preview',
    summary: 'The consent card of a renewal, without renewing',
    tag: 'consent',
    params: byId,
    body: z.object({ untilMs: ms }),
    answer: z.object({ card }),
    run: async ({ params, body }, { node }) => ({ card: node.control.prepareRenewal(params.id, { expMs: body.untilMs }) }),
  }),
  operation({
    method: 'post',
    path: '/v1/grants/{id}/renew',
    summary: 'Renew a given grant, as the card said that was shown',
    tag: 'consent',
    params: byId,
    body: z.object({ untilMs: ms, shown: z.string().max(128) }),
    answer: grant,
    run: async ({ params, body }, { node }) => await node.control.renew(params.id, { expMs: body.untilMs, shown: body.shown }),
  }),
  operation({
    method: 'post',
    path: '/v1/grants/{id}/ask-renewal',
    summary: 'Ask the owner of a received grant for more time',
    tag: 'consent',
    params: byId,
    body: z.object({
      untilMs: ms,
      why: z
        .string()
        .max(limits.whyChars * 4)
        .default(''),
    }),
    answer: ask,
    run: async ({ params, body }, { node }) => await node.control.askRenewal(params.id, { expMs: body.untilMs, why: body.why }),
  }),
  operation({
    method: 'post',
    path: '/v1/grants/{id}/renounce',
    summary: 'Give a received grant back; or claim, also later, that what came under it is erased',
    tag: 'consent',
    params: byId,
    body: z.object({ erased: z.boolean().default(false) }),
    answer: grant,
    run: async ({ params, body }, { node }) => await node.control.renounce(params.id, body),
  }),
  operation({
    method: 'get',
    path: '/v1/why',
    summary: 'Why a contact may, or may not, use something of this household right now',
    tag: 'consent',
    query: z.object({
      contact: ref,
      location: z.string().max(limits.locationChars),
      protocol: z.string().max(limits.protocolIdChars).default(shareProtocol),
    }),
    answer: why,
    run: async ({ query: { contact, ...about } }, { node }) => node.control.why(contact, about),
  }),
] as const
