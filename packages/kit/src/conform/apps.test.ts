import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it } from 'vitest'
import { households } from '@porchlight/sdk/testing'
import { bytes, protocolOf, query } from '@porchlight/sdk'
import { checkFolder, kitFiles } from '../check/check-folder.ts'
import { scaffold } from '../scaffold/scaffold.ts'
import { appFaults, type AppFault } from '../testing/app-faults.ts'
import { wrongApp } from '../testing/wrong-app.ts'
import { appTarget } from './app-target.ts'
import { householdTarget } from './household-target.ts'
import { conform, conformText } from './run.ts'

const folder = checkFolder(new Map([...scaffold('doorbell').files].filter(([path]) => kitFiles(path))))
const passed = /^\/example\/doorbell\/1 at \S+: 5 passed, 0 failed, 0 not run$/

it('an app without a fault passes every case, straight and as a household that serves it', async () => {
  await using app = await wrongApp()
  expect(conformText(await conform(folder, appTarget(app.url)))).toMatch(passed)

  await using homes = households(['ana', 'ben'])
  const doorbell = protocolOf({
    manifest: folder.manifest!.body,
    methods: { ring: query({ scope: 'ring', input: bytes, output: bytes }) },
    errors: ['no-name'],
  })
  await homes.ben.serve(doorbell, {
    ring: async (payload) => {
      const {
        code,
        reason,
        payload: answer,
      } = await appTarget(app.url).call('contact', {
        protocol: doorbell.id,
        method: 'ring',
        kind: 'query',
        location: '',
        payload,
        messages: [],
      })
      if (code === 'OK') return answer
      throw code === 'APP' ? doorbell.fail(reason as 'no-name') : Object.assign(doorbell.fail('no-name'), { code, reason: undefined })
    },
  })
  homes.ben.person.give({ to: 'ana', protocol: doorbell })
  await homes.ana.granted({ to: 'ben', protocol: doorbell })
  expect(conformText(await conform(folder, householdTarget(homes.ana, 'ben')))).toMatch(passed)
})

it.concurrent.each(Object.entries(appFaults))('an app that %s breaks %s, and the runner says so', async (fault, must) => {
  await using app = await wrongApp(fault as AppFault)
  const report = await conform(folder, appTarget(app.url, { answerMs: 1500 }))
  expect(report.broken.map(({ id }) => id)).toContain(must)
  expect(report.passed).toBeGreaterThan(0)
})

const ring = { protocol: '/example/doorbell/1', method: 'ring', location: '', payload: new Uint8Array(), messages: [] }
async function appThat(answer: (request: IncomingMessage, response: ServerResponse) => void) {
  const server = createServer(answer).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const close = async (): Promise<void> => {
    server.closeAllConnections()
    server.close()
  }
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, [Symbol.asyncDispose]: close }
}

it('an app that sends the runner elsewhere has not answered, as for a daemon', async () => {
  await using other = await appThat((_request, response) => void response.end('answered'))
  await using app = await appThat((_request, response) => void response.writeHead(307, { location: `${other.url}/ring` }).end())
  expect(await appTarget(app.url).call('contact', { ...ring, kind: 'query' })).toMatchObject({ code: 'INTERNAL' })
})

it('an answer without an end is given up', async () => {
  await using app = await appThat((_request, response) => {
    const chunk = Buffer.alloc(1 << 20)
    const more = (): void => {
      while (!response.destroyed && response.write(chunk));
    }
    response.on('drain', more).on('error', () => {})
    more()
  })
  expect(await appTarget(app.url).call('contact', { ...ring, kind: 'query' })).toMatchObject({ code: 'INTERNAL' })
})
