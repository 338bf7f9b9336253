import { limits, PorchlightError } from '@porchlight/core'
import { z } from '@hono/zod-openapi'
import type { Daemon } from '../daemon.ts'
import { operation } from '../operation.ts'
import { card, fresh, grant, limitsBody, scopeChoice } from '../schemas.ts'

const offerBody = z.object({
  to: z.string().min(1).max(limits.locationChars).openapi({ description: 'the contact who may use it' }),
  protocol: z.string().max(limits.protocolIdChars).openapi({ description: 'one that an app of this household serves' }),
  location: z.string().min(1).max(limits.locationChars).openapi({ description: 'the room: nobody gives a whole protocol' }),
  ...scopeChoice,
  untilMs: z.number().int(),
  limits: limitsBody.optional(),
  freshMs: fresh.optional(),
})

/**
 * What is offered by a body.
 *
 * @throws `BAD_REQUEST` with reason `unknown-protocol` unless an app serves it: sharing a web page and carrying connections have operations of
 *         their own, and what nobody serves would be given to whichever app takes the name later
 */
function offerOf({ apps }: Pick<Daemon, 'apps'>, { untilMs, ...body }: z.infer<typeof offerBody>) {
  if (!apps.registrations.get(body.protocol))
    throw new PorchlightError('BAD_REQUEST', `no app of this household serves ${body.protocol}: porchlight apps lists them`, {
      reason: 'unknown-protocol',
    })
  return { ...body, expMs: untilMs }
}

/** Giving what an app serves, unasked. An ask of the other side is answered by `/v1/asks`. */
export const offerOperations = [
  operation({
    method: 'post',
    path: '/v1/offers/preview',
    summary: 'The consent card of letting a contact use what an app serves, without offering it',
    tag: 'consent',
    body: offerBody,
    answer: z.object({ card }),
    run: async ({ body }, daemon) => ({ card: daemon.node.prepareOffer(offerOf(daemon, body)) }),
  }),
  operation({
    method: 'post',
    path: '/v1/offers',
    summary: 'Let a contact use what an app serves, as the card said that was shown; in force once they accept',
    tag: 'consent',
    body: offerBody.extend({ shown: z.string().max(128).openapi({ description: '`card.hash` of the preview that the person saw' }) }),
    answer: grant,
    run: async ({ body: { shown, ...body } }, daemon) => await daemon.node.offer({ ...offerOf(daemon, body), shown }),
  }),
] as const
