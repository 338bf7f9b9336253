import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { NodeOptions } from '@porchlight/node'
import { expect, test } from 'vitest'
import { loadSettings } from '../settings/load-settings.ts'
import { FakeNode } from '../testing/fake-node.ts'
import { startDaemon } from './daemon.ts'

test('what is set about unused grants, languages and the network reaches the node', async () => {
  const home = await mkdtemp(join(tmpdir(), 'porchlight-daemon-'))
  const given: NodeOptions[] = []
  try {
    const environment = { PORCHLIGHT_HOME: home, PORCHLIGHT_MDNS: 'off', PORCHLIGHT_LANGUAGE: 'de', PORCHLIGHT_GRANT_DECAY: '30d' }
    await using _daemon = await startDaemon({
      loaded: loadSettings({ flags: {}, environment }),
      environment: {},
      createNode: async (options) => {
        given.push(options)
        return new FakeNode()
      },
      log: () => {},
      nowMs: Date.now,
    })
    expect(given).toMatchObject([{ dir: home, mdns: false, lang: 'de', grantDecayMs: 30 * 86_400_000 }])
  } finally {
    await rm(home, { recursive: true, force: true })
  }
})
