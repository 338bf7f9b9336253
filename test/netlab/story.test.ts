import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { fromString } from 'uint8arrays'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bulkHash } from '../harness/bulk-app.ts'
import { pair, shareAndAccept, waitFor } from '../harness/home.ts'
import { HouseholdStory } from './household-story.ts'

const MiB = 2 ** 20

/** An id as people see it, and as the wire has it. */
const idIn = (what: string, id: string): Record<string, string | Buffer> => ({
  [`${what} in letters`]: id,
  [`${what} in bytes`]: Buffer.from(fromString(id.slice(1), 'base32')).subarray(-32),
})

describe.each([
  { kind: 'cone', path: 'direct' },
  { kind: 'sym', path: 'relayed' },
] as const)('two households behind $kind routers, and a third that carries for them', ({ kind, path }) => {
  let story: HouseholdStory
  let url: string
  let grant: string

  beforeAll(async () => {
    story = await HouseholdStory.begin(kind)
    await story.carolCarries()
  })
  afterAll(() => story?.[Symbol.asyncDispose]())

  test('an invite works from behind one router to behind the other', async () => {
    await pair(story.benedict, story.anastasia)
    await story.notesWhomItContacts()
    expect(await story.path()).toBeDefined()
  })

  test('an app is shared, accepted and used', async () => {
    const shared = await shareAndAccept(story.benedict, story.anastasia, await story.app(), 'photoalbum')
    grant = shared.grant
    url = shared.url
    const hash = createHash('sha256')
    const browser = story.browse(`${url}?bytes=${4 * MiB}`)
    for await (const part of browser.stdout!) hash.update(part as Buffer)
    expect(hash.digest('hex')).toBe(bulkHash(4 * MiB))
    await story.notesWhomItContacts()
  })

  test(`the path is ${path}`, async () => {
    await waitFor('the better path', async () => (await story.path()) === path, 15_000)
    await story.notesWhomItContacts()
  })

  test('a download that the router breaks with a new public address works again within 10 s', async () => {
    const browser = story.browse(`${url}?bytes=${1024 * MiB}&rate=${MiB}`)
    let arrived = 0
    browser.stdout!.on('data', (part: Buffer) => (arrived += part.length))
    await waitFor('the download to run', async () => arrived > MiB)
    story.internet.renumber('benedict', 77)
    const from = performance.now()
    await waitFor('another download', () => story.arrives(`${url}?bytes=${MiB}`), 30_000)
    const ms = performance.now() - from
    console.log(
      `${kind}–${kind}: an app is reached ${(ms / 1000).toFixed(1)} s after its router got another public address in mid-download`,
    )
    browser.kill()
    expect(ms).toBeLessThan(10_000)
    await waitFor('the better path', async () => (await story.path()) === path, 30_000)
    await story.notesWhomItContacts()
  })

  test('a download that runs is dead within a second of the revocation', async () => {
    const browser = story.browse(`${url}?bytes=${1024 * MiB}&rate=${MiB}`)
    let arrived = 0
    browser.stdout!.on('data', (part: Buffer) => (arrived += part.length))
    await waitFor('the download to run', async () => arrived > MiB)
    const exit = once(browser, 'exit')
    const from = performance.now()
    await story.benedict.json('POST', `/v1/grants/${grant}/revoke`)
    const [code] = await exit
    const ms = performance.now() - from
    console.log(`${kind}–${kind}, ${path}: a running download was dead ${ms.toFixed(0)} ms after the revocation`)
    expect(code).not.toBe(0)
    expect(ms).toBeLessThan(1000)
  })

  test('nobody was contacted whom the household does not list, and no name went over the wire in clear', async () => {
    await story.notesWhomItContacts()
    expect(story.contactedUnlisted()).toEqual([])
    const [atAnastasia, atBenedict] = [await story.anastasia.cli('contacts'), await story.benedict.cli('contacts')]
    const households = [...atAnastasia, ...atBenedict].map(({ household }: { household: string }) => household)
    expect(
      story.inClear({
        ...idIn('the grant', grant),
        ...Object.assign({}, ...households.map((id, n) => idIn(`household ${n}`, id))),
        'the name of Anastasia': 'anastasia',
        'the name of Benedict': 'benedict',
        'the name of the share': 'photoalbum',
        'the name of a protocol': 'porchlight',
      }),
    ).toEqual([])
  })
})
