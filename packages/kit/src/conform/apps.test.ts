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
