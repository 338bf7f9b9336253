import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { RelayLife, reachableWithinMs } from './relay-life.ts'

/** What happens here a few times, `npm run soak:relay-life` does a hundred times and more. */
describe('a home whose only way is its relay is reachable again within 10 s of the network being whole', () => {
  let life: RelayLife
  const figures: string[] = []
  const soon = (what: string, ms: number): void => {
    figures.push(`${what} ${(ms / 1000).toFixed(1)} s`)
    expect(ms, what).toBeLessThanOrEqual(reachableWithinMs)
  }

  beforeAll(async () => {
    life = await RelayLife.create()
  })
  afterAll(async () => {
    console.log(figures.join('; '))
    await life?.[Symbol.asyncDispose]()
  })

  test('after the relay was restarted, told or untold', async () => {
    for (const signal of ['SIGTERM', 'SIGKILL', 'SIGKILL'] as const)
      soon(`relay ended by ${signal}`, await life.relayGone({ forMs: 0, signal }))
  })

  test('after it was started with its relay down', async () => {
    for (let n = 0; n < 2; n++) soon('started without the relay', await life.bootWithoutRelay())
  })

  test('after the relay was gone for longer than anybody keeps trying at once', async () => {
    soon('relay gone for 30 s', await life.relayGone({ forMs: 30_000, signal: 'SIGKILL' }))
  })

  test('after its router was given another address', async () => {
    soon('renumbered', await life.renumber(77))
  })

  test('after its line was dead for 20 s', async () => {
    soon('line dead for 20 s', await life.lineDead(20_000))
  })

  test('and the relay keeps one place for it however often it came, and none when it left', async () => {
    await life.reconnect(20)
    await life.restartHome(2)
    expect((await life.relayHolds()).places).toBe(2)
    await life.everybodyLeaves()
    expect(await life.relayHolds()).toMatchObject({ places: 0, circuits: 0 })
  })
})
