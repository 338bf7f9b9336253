import { readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { connect } from '@porchlight/sdk'
import { expect, test } from 'vitest'
import { greeting } from '../../examples/greeting.ts'
import { root } from '../../scripts/workspaces.mjs'
import { startChromium } from '../harness/chromium.ts'
import { LiveDaemon, pairLive } from '../harness/live-daemon.ts'
import { builtPage } from './built-page.ts'

const patience = { timeout: 20_000, interval: 100 }

test('examples/page is at most 60 lines, and a person in front of it greets a contact who says yes meanwhile', async () => {
  expect(readFileSync(join(root, 'examples/page/main.js'), 'utf8').trimEnd().split('\n').length).toBeLessThanOrEqual(60)
  await using stack = new AsyncDisposableStack()
  const folder = await builtPage('examples/page/main.js', 'examples/page/index.html')
  stack.defer(() => rm(folder, { recursive: true }))
  const browser = stack.adopt(await startChromium(), (each) => each.close())
  const [ben, ana] = [stack.use(await LiveDaemon.start('ben')), stack.use(await LiveDaemon.start('ana'))]
  await pairLive(ben, ana)
  const tokenFile = join(ben.home, 'door.json')
  const onWaiting = ({ id }: { id: string }): void => void ben.letIn(id)
  const serving = stack.use(
    await connect({ app: 'Door', home: ben.home, tokenFile, protocols: [{ id: greeting.id, serve: true }], onWaiting }),
  )
  await serving.serve(greeting, { greet: async ({ text }, call) => ({ text: `Hello ${text}, ${call.contact} of ours.` }) })
  await ana.asHousehold('/v1/apps', { name: 'Door', protocols: [{ id: greeting.id, call: true }], page: folder })

  const page = await browser.newPage()
  const faults: string[] = []
  page.on('pageerror', ({ message }) => faults.push(message))
  await page.goto(((await ana.asHousehold('/v1/apps/Door/open', {})) as { url: string }).url)
  await page.getByRole('button', { name: 'Greet ben' }).click()
  const said = () => page.textContent('output')
  await expect.poll(said, patience).toBe('Asked ben. Somebody there has to say yes.')
  await ben.sayYes()
  await expect.poll(said, patience).toBe('Hello there, ana of ours.')
  await ben.end()
  await expect.poll(() => page.textContent('li'), patience).toContain('ben is not there')
  expect(await page.getByRole('button', { name: 'Greet ben' }).isDisabled()).toBe(true)
  expect(faults).toEqual([])
})
