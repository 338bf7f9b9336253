import type { HouseholdNode } from '@porchlight/node'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openFrame } from '../stranger/stranger.ts'
import { Attacker, refused } from './attacker.ts'
import { agree, hall, hallManifest, pair, serveHall, Street } from './victim.ts'

const look = { protocol: hall.id, method: 'look', location: 'photos' }

describe('strangers', () => {
  let street: Street
  let ben: HouseholdNode
  let ana: HouseholdNode
  let seen: ReturnType<typeof serveHall>

  beforeEach(async () => {
    street = await Street.make()
    ;[ben, ana] = [await street.start('ben'), await street.start('ana')]
    seen = serveHall(ben)
    ana.knowManifest(hallManifest)
  })
  afterEach(() => street[Symbol.asyncDispose]())

  test('use a link that was used already: the second household gets nothing, and the first keeps what it has', async () => {
    const { link } = await ben.createInvite({})
    await ana.acceptInvite(link, {})
    const eva = await street.start('eva')
    await expect(eva.acceptInvite(link, {})).rejects.toMatchObject({ code: 'DENIED' })
    expect(ben.contacts().map(({ household }) => household)).toEqual([ana.household])
    expect(eva.contacts()).toEqual([])
    // Nor does the one who used it become somebody else by it.
    await ana.acceptInvite(link, {}).catch(() => {})
    expect(ben.contacts()).toHaveLength(1)
  })

  test('two hundred of them, each with a key of its own, ask and knock at once: a contact’s call is answered within a second', async () => {
    await pair(ben, ana, { guest: 'ana', owner: 'ben' })
    await agree(ben, ana, 'ana')
    const address = ben.status().addresses[0]!
    const entries = (await ben.log()).length
    let answers: string[] = []
    const flood = (async () => {
      for (let wave = 0; wave < 20; wave += 1) {
        const sybils = await Promise.all(
          Array.from({ length: 10 }, async () => {
            const sybil = await Attacker.dial(address).catch(() => undefined)
            if (!sybil) return []
            await using open = sybil
            const frames = [
              openFrame(look),
              openFrame({ protocol: '/porchlight/consent/1', method: 'ask', payload: crypto.getRandomValues(new Uint8Array(2000)) }),
              openFrame({ protocol: '/porchlight/consent/1', method: 'offer', payload: new Uint8Array(2000) }),
            ]
            return await Promise.all(frames.map((frame) => open.send(frame).catch(() => 'closed')))
          }),
        )
        answers = [...answers, ...sybils.flat()]
      }
    })()
    const waits: number[] = []
    for (let n = 0; n < 20; n += 1) {
      const startMs = performance.now()
      const call = await ana.link.call(ben.household, { protocol: hall.id, method: 'look', location: 'photos' })
      await call.result()
      waits.push(performance.now() - startMs)
      await new Promise((resolve) => void setTimeout(resolve, 50))
    }
    await flood
    expect(Math.max(...waits)).toBeLessThan(1000)
    expect(seen.handled).toBe(20)
    expect(answers.length).toBeGreaterThan(100)
    expect(new Set(answers.filter((answer) => answer !== 'closed'))).toEqual(new Set([refused]))
    expect(ben.asks()).toEqual([])
    expect((await ben.log()).length - entries).toBeLessThan(200)
  })
})
