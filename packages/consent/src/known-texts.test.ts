import { limits } from '@porchlight/core'
import { expect, test } from 'vitest'
import { ask, sampleManifest, twoSides } from './testing/index.ts'

test('nothing is asked of us under a text that only our own asks name', async () => {
  const { ana, ben, time } = await twoSides()
  ana.consent.knowManifest(sampleManifest)
  expect(await ask(ben, ana, time)).toBeUndefined()
  ana.consent.addManifest(sampleManifest)
  expect(await ask(ben, ana, time)).toMatchObject({ state: 'PENDING' })
})

test.each(['addManifest', 'knowManifest'] as const)('%s keeps the newest texts of a protocol, and forgets the oldest', async (how) => {
  const { ana } = await twoSides()
  const ids = Array.from({ length: limits.textsPerProtocol + 1 }, (_text, at) => ana.consent[how]({ ...sampleManifest, rev: at + 1 }))
  const other = ana.consent[how]({ ...sampleManifest, proto: '/example/other/1' })
  expect([...ids, other].map((id) => ana.consent.manifest(id) !== undefined)).toEqual([false, ...ids.slice(1).map(() => true), true])
})
