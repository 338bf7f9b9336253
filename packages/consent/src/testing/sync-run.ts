import { isDeepStrictEqual } from 'node:util'
import { shownBy } from './shown.ts'
import { close, deliverEverything, lostIn, playTrace } from './sync-trace.ts'

/**
 * Plays one random trace, delivers everything to every device, and compares what they show.
 *
 * @param seed  decides everything
 * @returns     what happened when they differ; undefined when they agree
 */
export async function divergenceOf(seed: number): Promise<string | undefined> {
  const trace = await playTrace(seed, 24)
  await deliverEverything(trace, seed + 1)
  const [one, ...others] = await Promise.all(trace.devices.map((device) => shownBy(device, lostIn(trace))))
  await close(trace)
  return others.every((other) => isDeepStrictEqual(other, one)) ? undefined : `seed ${seed}: ${trace.steps.join(', ')}`
}

/** Plays traces of consecutive seeds. @returns what happened in those after which the devices differ */
export async function divergencesOf(from: number, count: number): Promise<string[]> {
  const found: string[] = []
  for (let seed = from; seed < from + count; seed++) {
    const divergence = await divergenceOf(seed)
    if (divergence !== undefined) found.push(divergence)
  }
  return found
}
