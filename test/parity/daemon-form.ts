import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { connect, protocolFile } from '@porchlight/sdk'
import { Home, pair, waitFor } from '../harness/home.ts'
import type { Form } from './check-parity.ts'
import { objectCaller } from './object-caller.ts'
import { curlCaller, plainCaller } from './plain-caller.ts'
import { startPlainServer } from './plain-server.ts'
import { handlers, parity } from './protocol.ts'
import { pythonCaller } from './python-caller.ts'

const { id, manifest } = parity
const { methods, reasons } = JSON.parse(JSON.stringify(protocolFile(parity))) as { methods: object; reasons: string[] }
const definition = { door: 'grant', methods, reasons }

/** Starts an app that serves at that home. @returns what ends it */
export type Serve = (home: Home, token: string) => Promise<AsyncDisposable>

export const serveBySdk: Serve = async (home, token) => {
  const app = await connect({ app: 'server', home: home.dir, token })
  await app.serve(parity, handlers, { onFault: () => {} })
  return app
}

export const serveByPlainHttp: Serve = async (home, token) => {
  const secret = randomBytes(24).toString('hex')
  const server = await startPlainServer(secret)
  const { apiUrl } = (await home.json('GET', '/v1/status')).daemon
  const answer = await fetch(`${apiUrl}/v1/app/serves${id}`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ definition, manifest, target: { url: server.url }, secret }),
  })
  if (!answer.ok) throw new Error(`${answer.status}: ${await answer.text()}`)
  return server
}

export const serveByPython: Serve = async (home, token) => {
  const program = join(import.meta.dirname, 'serve_parity.py')
  const child = spawn('/usr/bin/python3', ['-E', '-s', '-B', program, JSON.stringify(definition), JSON.stringify(manifest)], {
    env: { ...process.env, PORCHLIGHT_HOME: home.dir, PORCHLIGHT_TOKEN: token },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(child.stdout, 'data')
  return {
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGTERM')
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    },
  }
}

/** Two daemons: Ben's has one app that serves, Ana's one that calls in every way there is. */
export async function daemonForm(serve: Serve): Promise<Form> {
  const [ben, ana] = [await Home.start('ben'), await Home.start('ana')]
  await pair(ben, ana)
  const { token: serving } = await ben.json('POST', '/v1/apps', { name: 'server', protocols: [{ id, serve: true }] })
  const { token } = await ana.json('POST', '/v1/apps', { name: 'caller', protocols: [{ id, call: true }] })
  const server = await serve(ben, serving)
  const app = await connect({ app: 'caller', home: ana.dir, token })
  const { apiUrl } = (await ana.json('GET', '/v1/status')).daemon
  return {
    callers: {
      sdk: objectCaller(app, 'ben'),
      'plain HTTP': plainCaller(apiUrl, token, 'ben'),
      curl: curlCaller(apiUrl, token, 'ben'),
      Python: pythonCaller(ana.dir, token, 'ben'),
    },
    grant: async (location) => {
      await app.ask({ to: 'ben', protocol: parity, location, why: 'to compare' })
      const ask = await waitFor(`the ask for ${location}`, async () =>
        (await ben.json('GET', '/v1/asks')).asks.find(
          (each: { kind: string; location: string }) => each.kind === 'ask' && each.location === location,
        ),
      )
      const grant = await ben.json('POST', `/v1/asks/${ask.id}/approve`, { shown: ask.card.hash })
      await app.granted({ to: 'ben', protocol: parity, location }, { signal: AbortSignal.timeout(20_000) })
      return async () => void (await ben.json('POST', `/v1/grants/${grant.id}/revoke`, {}))
    },
    [Symbol.asyncDispose]: async () => {
      for (const each of [app, server, ana, ben]) await each[Symbol.asyncDispose]()
    },
  }
}
