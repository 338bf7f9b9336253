// `npm run soak:relay-life [SHARE] [PART…]`: what relays do to homes, as often as is promised, or a share of it (0.1 for a tenth). About 90 minutes.
// PART is `restarts`, `boots`, `gone`, `renumbered`, `dead` or `reconnects`; default all. Parts may run side by side, each in a lab of its own.
import { setTimeout as wait } from 'node:timers/promises'
import { RelayLife, reachableWithinMs } from './relay-life.ts'

const [shareText = '1', ...parts] = process.argv.slice(2)
const share = Number(shareText)
const isAsked = (part: string): boolean => parts.length === 0 || parts.includes(part)
const often = (times: number): number => Math.max(1, Math.round(times * share))
/** Code that is compiled meanwhile takes less; 8 KiB kept of each of 1,000 reconnects reach it. */
const leakBytes = 8 * 2 ** 20
const rows: string[] = []
let isGood = true

async function repeat(part: string, what: string, times: number, once: (n: number) => Promise<number>): Promise<void> {
  if (!isAsked(part)) return
  const took: number[] = []
  for (let n = 0; n < times; n++) took.push(await once(n))
  const sorted = took.toSorted((one, other) => one - other)
  const seconds = (at: number): string => (sorted[Math.ceil(at * times) - 1]! / 1000).toFixed(1)
  isGood &&= sorted.at(-1)! <= reachableWithinMs
  rows.push(`| ${what} | ${times} | ${seconds(0.5)} | ${seconds(0.95)} | ${seconds(1)} |`)
  console.error(rows.at(-1))
}

// A block of its own, so that the lab is taken down before the end.
{
  await using life = await RelayLife.create()
  await repeat('restarts', 'relay restarted, told (SIGTERM) and untold (SIGKILL) in turn', often(100), (n) =>
    life.relayGone({ forMs: 0, signal: n % 2 === 0 ? 'SIGTERM' : 'SIGKILL' }),
  )
  await repeat('boots', 'started with the relay down', often(20), () => life.bootWithoutRelay())
  await repeat('gone', 'relay gone for 10 minutes', 1, () => life.relayGone({ forMs: 600_000 * Math.min(1, share), signal: 'SIGKILL' }))
  await repeat('renumbered', 'router given another public address', often(20), (n) => life.renumber(50 + n))
  await repeat('dead', 'line dead for a minute', often(5), () => life.lineDead(60_000))
  console.log(`Seconds until reachable once the network is whole, goal ${reachableWithinMs / 1000}:\n`)
  console.log(`| What happened | Times | p50 | p95 | max |\n|---|---|---|---|---|\n${rows.join('\n')}\n`)
  if (isAsked('reconnects')) {
    const before = { ...(await life.relayHolds()), liveBytes: await life.relayLiveBytes() }
    await life.reconnect(often(1000))
    await life.restartHome(often(20))
    // Deadlines of what has ended keep it alive until they pass.
    await wait(30_000)
    const after = { ...(await life.relayHolds()), liveBytes: await life.relayLiveBytes() }
    await life.everybodyLeaves()
    const left = await life.relayHolds()
    isGood &&= after.places === 2 && left.places === 0 && left.circuits === 0 && after.liveBytes - before.liveBytes < leakBytes
    const megabytes = (bytes: number): string => (bytes / 2 ** 20).toFixed(0)
    console.log(
      `Relay after ${often(1000)} reconnects and ${often(20)} kills: ${after.places} places for 2 homes (${left.places} once they left), RSS ${megabytes(before.rssBytes)} → ${megabytes(after.rssBytes)} MB, of it alive ${megabytes(before.liveBytes)} → ${megabytes(after.liveBytes)} MB`,
    )
  }
}
process.exit(isGood ? 0 : 1)
