import { limits, PorchlightError, type ManifestBody } from '@porchlight/core'
import { z } from '@hono/zod-openapi'
import { viewOf, type App, type Caller } from '../../apps/app.ts'
import { pageFolder } from '../../apps/page-folder.ts'
import type { AppInput } from '../../apps/app-book.ts'
import { checkRegistration, type RegistrationInput } from '../../apps/registration.ts'
import type { Daemon } from '../daemon.ts'
import { operation } from '../operation.ts'
import { appInput, appRequest, appView, householdApp, newApp, registration } from '../app-schemas.ts'
import { ask, grant, scopeChoice } from '../schemas.ts'

const byId = z.object({ id: z.string().min(1).max(64) })
const byName = z.object({
  name: z
    .string()
    .min(1)
    .max(limits.appNameChars * 4),
})
const byProtocol = z.object({ authority: z.string().max(64), name: z.string().max(64), major: z.string().max(5) })
const done = z.object({ done: z.literal(true) })

const inputOf = ({ name, why, protocols }: z.infer<typeof appInput>): AppInput => ({
  name,
  why,
  protocols: protocols.map(({ id, call = false, serve = false }) => ({ id, call, serve })),
})

/** An app as the household sees it: with its page, and where on this computer that comes from. */
const householdViewOf = (app: App, { node, appPages }: Daemon) => {
  const [address, folder] = [appPages.addressOf(app), app.record.page]
  return { ...viewOf(app.record, node.household), ...(address !== undefined && folder !== undefined && { page: { address, folder } }) }
}

/** Who the apps of this household are, and which programs want to be. */
export const appOperations = [
  operation({
    method: 'get',
    path: '/v1/apps',
    summary: 'The apps of this household',
    tag: 'apps',
    answer: z.object({ apps: z.array(householdApp).readonly() }),
    run: async (_input, daemon) => ({ apps: daemon.apps.book.list().map((app) => householdViewOf(app, daemon)) }),
  }),
  operation({
    method: 'post',
    path: '/v1/apps',
    summary: 'Make an app; answers with its token, which nobody can read again',
    tag: 'apps',
    body: newApp,
    answer: z.object({ app: householdApp, token: z.string() }),
    run: async ({ body }, daemon) => {
      const { apps, events, home } = daemon
      const { app, token } = await apps.book.add(inputOf(body), body.page === undefined ? undefined : pageFolder(body.page, home))
      events.publish({ type: 'apps.changed' })
      return { app: householdViewOf(app, daemon), token }
    },
  }),
  operation({
    method: 'post',
    path: '/v1/apps/{name}/open',
    summary: 'A link to the page of an app that lets one browser in, once',
    tag: 'apps',
    params: byName,
    answer: z.object({ url: z.string() }),
    run: async ({ params }, { apps, appPages }) => {
      const app = apps.book.get(params.name)
      if (!app) throw new PorchlightError('BAD_REQUEST', `no app is called ${JSON.stringify(params.name)}`, { reason: 'unknown-app' })
      const url = appPages.linkTo(app)
      if (url === undefined)
        throw new PorchlightError('BAD_REQUEST', `${app.name} has no page: porchlight apps add NAME --page DIR makes an app with one`, {
          reason: 'no-page',
        })
      return { url }
    },
  }),
  operation({
    method: 'delete',
    path: '/v1/apps/{name}',
    summary: 'End an app: its token, its calls, what it serves',
    tag: 'apps',
    params: byName,
    answer: done,
    run: async ({ params }, { apps }) => {
      await apps.book.revoke(params.name)
      return { done: true as const }
    },
  }),
  operation({
    method: 'post',
    path: '/v1/apps/requests',
    summary: 'Ask to be an app; for programs that have no token',
    tag: 'apps',
    body: appInput,
    answer: z.object({
      id: z.string(),
      secret: z.string().openapi({ description: 'bearer token of `GET /v1/apps/requests/{id}`' }),
      state: z.literal('waiting'),
    }),
    run: async ({ body }, { apps }) => ({ ...apps.requests.ask(inputOf(body)), state: 'waiting' as const }),
  }),
  operation({
    method: 'get',
    path: '/v1/apps/requests',
    summary: 'Programs that ask to be apps',
    tag: 'apps',
    answer: z.object({ requests: z.array(appRequest).readonly() }),
    run: async (_input, { apps }) => ({ requests: apps.requests.list() }),
  }),
  operation({
    method: 'get',
    path: '/v1/apps/requests/{id}',
    summary: 'What became of a request, for the program that holds its secret; the token once',
    tag: 'apps',
    params: byId,
    answer: z.object({ state: z.enum(['waiting', 'denied', 'granted']), token: z.string().optional() }),
    run: async ({ params }, { apps }, { header }) => {
      const [, secret = ''] = /^bearer (.+)$/i.exec(header('authorization') ?? '') ?? []
      return await apps.requests.answer(params.id, secret)
    },
  }),
  operation({
    method: 'post',
    path: '/v1/apps/requests/{id}/approve',
    summary: 'Let a program be an app, as the card said that was shown',
    tag: 'apps',
    params: byId,
    body: z.object({ shown: z.string().max(128).openapi({ description: '`card.hash` of what the person saw' }) }),
    answer: appView,
    run: async ({ params, body }, { apps, node }) => viewOf((await apps.requests.approve(params.id, body.shown)).record, node.household),
  }),
  operation({
    method: 'post',
    path: '/v1/apps/requests/{id}/deny',
    summary: 'Say no to a program that asks',
    tag: 'apps',
    params: byId,
    answer: done,
    run: async ({ params }, { apps }) => {
      apps.requests.deny(params.id)
      return { done: true as const }
    },
  }),
] as const

/** The app that asks. @throws `BAD_REQUEST` with reason `for-apps` when it is none */
function appOf(caller: Caller): App {
  if (caller.kind === 'app') return caller.app
  throw new PorchlightError('BAD_REQUEST', 'this is for apps: send the token of one', { reason: 'for-apps' })
}

const protocolIn = ({ authority, name, major }: z.infer<typeof byProtocol>) => `/${authority}/${name}/${major}`
const ownPorts = ({ apiPort, gatewayPort }: Daemon) => [apiPort, ...(gatewayPort === undefined ? [] : [gatewayPort])]

/** What an app does with its token, besides calls. */
export const appsOwnOperations = [
  operation({
    method: 'get',
    path: '/v1/app',
    summary: 'Who this app is',
    tag: 'app',
    callers: 'app',
    answer: appView,
    run: async (_input, { node }, { caller }) => viewOf(appOf(caller).record, node.household),
  }),
  operation({
    method: 'put',
    path: '/v1/app/serves/{authority}/{name}/{major}',
    summary: 'Serve a protocol: the daemon calls the app at a local address, until it takes that back',
    tag: 'app',
    callers: 'app',
    params: byProtocol,
    body: registration,
    answer: z.object({ protocol: z.string() }),
    run: async ({ params, body }, daemon, { caller, transport }) => {
      const app = appOf(caller)
      const protocol = protocolIn(params)
      app.requireServe(protocol)
      // The consent text has a check of its own in the node, with faults that name the line.
      const input = body as unknown as RegistrationInput
      await daemon.apps.registrations.put(
        checkRegistration(input, { protocol, app: app.record.tokenHash, ownPorts: ownPorts(daemon), transport }),
        app,
      )
      return { protocol }
    },
  }),
  operation({
    method: 'delete',
    path: '/v1/app/serves/{authority}/{name}/{major}',
    summary: 'Serve a protocol no more; calls under way end by themselves',
    tag: 'app',
    callers: 'app',
    params: byProtocol,
    answer: done,
    run: async ({ params }, { apps }, { caller }) => {
      await apps.registrations.delete(protocolIn(params), appOf(caller))
      return { done: true as const }
    },
  }),
  operation({
    method: 'get',
    path: '/v1/app/grants',
    summary: 'What was given and received for the protocols of this app',
    tag: 'app',
    callers: 'app',
    answer: z.object({ grants: z.array(grant).readonly() }),
    run: async (_input, { node }, { caller }) => ({ grants: node.grants().filter(({ protocol }) => appOf(caller).knows(protocol)) }),
  }),
  operation({
    method: 'get',
    path: '/v1/app/asks',
    summary: 'Questions about the protocols of this app that wait',
    tag: 'app',
    callers: 'app',
    answer: z.object({ asks: z.array(ask).readonly() }),
    run: async (_input, { node }, { caller }) => ({ asks: node.asks().filter(({ protocol }) => appOf(caller).knows(protocol)) }),
  }),
  operation({
    method: 'post',
    path: '/v1/app/asks',
    summary: 'Ask a contact for consent; what it offers then needs a person of this household',
    tag: 'app',
    callers: 'app',
    body: z.object({
      to: z.string().min(1).max(limits.locationChars),
      protocol: z.string().max(limits.protocolIdChars),
      location: z
        .string()
        .min(1)
        .max(limits.locationChars)
        .openapi({ description: 'the room inside the protocol; nobody gives a whole protocol, so there always is one' }),
      ...scopeChoice,
      why: z.string().max(limits.whyChars * 4),
      expMs: z.number().int(),
      manifest: z.looseObject({ proto: z.string() }).optional().openapi({
        description: 'the consent text, for a protocol that no app of this household serves',
      }),
    }),
    answer: ask,
    run: async ({ body: { manifest, ...input } }, { node, apps, log }, { caller }) => {
      const app = appOf(caller)
      app.requireCall(input.protocol)
      const waiting = node.asks().filter(({ kind, protocol }) => kind === 'ours' && app.knows(protocol))
      if (waiting.length >= limits.appAsks)
        throw new PorchlightError('BUSY', `${waiting.length} asks of this app wait, limit ${limits.appAsks}`, { reason: 'too-many-asks' })
      // The text of whoever serves the protocol here is the one that people of this household read.
      if (manifest && !apps.registrations.get(input.protocol)) {
        if (manifest.proto !== input.protocol)
          throw new PorchlightError('BAD_REQUEST', `the consent text is of ${manifest.proto.slice(0, 128)}`, { reason: 'not-valid' })
        node.knowManifest(manifest as unknown as ManifestBody)
      }
      const asked = await node.ask(input)
      log('app.asked', { app: app.name, protocol: input.protocol, household: asked.household })
      return asked
    },
  }),
] as const
