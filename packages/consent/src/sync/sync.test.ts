import { describe, expect, it } from 'vitest'
import { close, deliverEverything, playTrace, shownBy } from '../testing/sync-trace.ts'

const traces = Number(process.env['SYNC_TRACES'] ?? 100)
const from = Number(process.env['SYNC_FROM'] ?? 0)

describe('devices of one household', () => {
  it('agree on everything once everything was delivered, whatever happened and in whatever order', async () => {
    // SYNC_TRACES=20000 plays the long suite.
    for (let seed = from; seed < from + traces; seed++) {
      const trace = await playTrace(seed, 24)
      await deliverEverything(trace, seed + 1)
      const [one, ...others] = await Promise.all(trace.devices.map(shownBy))
      for (const other of others) expect(other, `seed ${seed}: ${trace.steps.join(', ')}`).toEqual(one)
      await close(trace)
    }
    console.info(`${traces} traces, 0 divergences`)
  }, 3_600_000)
})
