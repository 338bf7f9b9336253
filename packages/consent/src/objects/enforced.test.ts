import { expect, it } from 'vitest'
import { sampleManifest } from '../testing/index.ts'
import { enforcedBy, gateRules } from './enforced.ts'
import { bytesUpTo } from './fields.ts'

const [use, upload] = sampleManifest.scopes
const withMax = (...maxes: object[]) => ({ ...sampleManifest, scopes: maxes.map((max, n) => ({ ...(n === 0 ? use! : upload!), max })) })

it.each([
  ['a rule of the gate backs it, in its own words', sampleManifest, 'what', gateRules['what']],
  ['nothing backs what is only promised', sampleManifest, 'onward', undefined],
  ['nothing backs the name of something that every object has', sampleManifest, 'toString', undefined],
  [
    'a limit that every scope carries backs it',
    withMax({ streams: 1 }, { streams: 2 }),
    'streams',
    'every grant carries streams, and the gate counts it',
  ],
  ['a limit that one scope lacks does not', withMax({ streams: 1 }, {}), 'streams', undefined],
  ['another limit does not', withMax({ streams: 1 }, { streams: 2 }), 'opsPerMin', undefined],
  ['no limit does where there is no scope', withMax(), 'streams', undefined],
  ['a key that is no limit is no limit of every scope', withMax({ streams: 1 }, { streams: 2 }), 'retention', undefined],
])('what backs a claim of "enforced": %s', (_what, manifest, key, by) => {
  expect(enforcedBy(manifest, key)).toBe(by)
})

it('bytes are between one and so many, that many included', () => {
  expect([0, 1, 4, 5].map((length) => bytesUpTo(4).safeParse(new Uint8Array(length)).success)).toEqual([false, true, true, false])
  expect(bytesUpTo(4).safeParse([1, 2]).success).toBe(false)
})
