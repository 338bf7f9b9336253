import { limits } from '@porchlight/core'
import { z } from '@hono/zod-openapi'
import { contact } from './schemas.ts'

const ms = z.number().int().openapi({ description: 'milliseconds since 1970' })
const protocolId = z.string().max(limits.protocolIdChars).openapi({ description: '`/authority/name/MAJOR`' })

export const appProtocol = z
  .object({
    id: protocolId,
    call: z.boolean().openapi({ description: 'call contacts that let this household use it' }),
    serve: z.boolean().openapi({ description: 'answer contacts that this household lets use it; one app only, until it is revoked' }),
  })
  .openapi('AppProtocol')

/** What is wanted of an app to be. */
export const appInput = z.object({
  name: z.string().max(limits.appNameChars * 4),
  why: z
    .string()
    .max(limits.whyChars * 4)
    .optional()
    .openapi({ description: 'shown to the household in quotes' }),
  protocols: z
    .array(appProtocol.partial({ call: true, serve: true }))
    .min(1)
    .max(limits.appProtocols),
})

export const appView = z
  .object({
    name: z.string(),
    household: z.string(),
    protocols: z.array(appProtocol).readonly(),
    createdMs: ms,
  })
  .openapi('App')

/** An app that the household itself makes. */
export const newApp = appInput.extend({
  page: z
    .string()
    .min(1)
    .max(4096)
    .optional()
    .openapi({ description: 'absolute path of a folder that the daemon serves as the page of this app; see docs/api.md#a-page-of-an-app' }),
})

/** An app as the household sees it. */
export const householdApp = appView
  .extend({
    page: z
      .object({ address: z.string(), folder: z.string() })
      .optional()
      .openapi({ description: 'where its page is; only for browsers that came by a link of `POST /v1/apps/{name}/open`' }),
  })
  .openapi('HouseholdApp')

export const appCard = z
  .object({ text: z.string().openapi({ description: 'the exact text that `hash` is of' }), lang: z.string(), hash: z.string() })
  .openapi('AppCard')

export const appRequest = z
  .object({ id: z.string(), name: z.string(), why: z.string(), protocols: z.array(appProtocol).readonly(), atMs: ms, card: appCard })
  .openapi('AppRequest')

/** A contact as apps see it. */
export const appContact = contact.pick({ petname: true, label: true, household: true, connected: true, path: true }).openapi('AppContact')

const word = z.string().min(1).max(limits.methodChars)

/** What an app says when it registers to serve a protocol. */
export const registration = z
  .object({
    definition: z.object({
      door: z.literal('grant').openapi({ description: 'apps serve those who hold a grant' }),
      methods: z.record(word, z.object({ kind: z.enum(['query', 'procedure', 'subscription', 'stream']), scope: word })),
      reasons: z.array(word).max(limits.appMethods),
    }),
    manifest: z
      .looseObject({ proto: protocolId })
      .openapi({ description: 'the consent text, as in manifest.json of a protocol; see docs/protocols.md' }),
    target: z.union([z.object({ url: z.string().max(1024) }), z.object({ socket: z.string().max(limits.socketPathBytes) })]).openapi({
      description: 'where the app answers: `http://127.0.0.1:PORT/base`, or, registered over the Unix socket alone, a Unix socket',
    }),
    secret: z
      .string()
      .min(16)
      .max(256)
      .regex(/^[\x21-\x7e][\x20-\x7e]*[\x21-\x7e]$/)
      .openapi({ description: 'printable ASCII; the daemon sends it as bearer token with every call' }),
  })
  .openapi('Registration')
