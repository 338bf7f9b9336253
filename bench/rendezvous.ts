// Whether records are found in a DHT of so many nodes of which a third came and went, how long it takes, and how many messages it costs.
// Run: node --conditions=@porchlight/source --experimental-transform-types bench/rendezvous.ts [nodes] [tcp|memory] [sybils]
import { randomBytes } from 'node:crypto'
import { limits } from '@porchlight/core'
import { checkRecord, dayKeys, makeRecord, type DayKeys } from '@porchlight/protocol-rendezvous'
import { deviceIdOf, generateKey } from '@porchlight/wire'
import { dhtNode, knows, type DhtNode } from '../packages/mesh/src/testing/dht-node.ts'
import { sybilsAround } from './rendezvous-sybils.ts'

const count = Number(process.argv[2] ?? 20)
const transport = process.argv[3] === 'memory' ? 'memory' : 'tcp'
const sybilCount = Number(process.argv[4] ?? 0)
const churn = 0.3
/** What nothing runs over for this long is closed, as homes do with strangers after two minutes: a process has only so much memory and so many files. */
const idleMs = 5000
/** All nodes share one core: with more than it can carry, requests would time out in its queue and not for anything of the network. */
const atOnce = count > 500 ? 1 : 4
const contacts = 50
const rules = { check: checkRecord }

const any = <T>(list: readonly T[]): T => list[Math.floor(Math.random() * list.length)]!
const sleep = (ms: number) => new Promise((resolve) => void setTimeout(resolve, ms))
const quantile = (values: readonly number[], part: number): number =>
  Math.round(values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(part * values.length))] ?? NaN)
const sent = (nodes: readonly DhtNode[]): number => nodes.reduce((sum, node) => sum + node.guarded.counts.sent, 0)

async function inTurns<T>(items: readonly T[], most: number, work: (item: T) => Promise<void>): Promise<void> {
  const waiting = [...items]
  await Promise.all(
    Array.from({ length: most }, async () => {
      for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await work(item)
    }),
  )
}

/** When each connection had a stream last. */
const busy = new WeakMap<object, number>()
const all = new Set<DhtNode>()
setInterval(() => {
  const now = performance.now()
  for (const node of all)
    for (const connection of node.libp2p.getConnections()) {
      if (connection.streams.length > 0 || !busy.has(connection)) busy.set(connection, now)
      else if (now - busy.get(connection)! > idleMs) void connection.close().catch(() => {})
    }
}, 1000).unref()

/** In at two, and done when it knows as many as a bucket holds: all at once would have nobody answer in time. */
async function join(nodes: readonly DhtNode[]): Promise<DhtNode> {
  const node = await dhtNode({ transport, rules })
  for (let i = 0; i < Math.min(2, nodes.length); i++) await node.libp2p.dial(any(nodes).libp2p.getMultiaddrs()).catch(() => {})
  all.add(node)
  await Promise.race([knows(node, Math.min(20, nodes.length)), sleep(5000)])
  return node
}

/** Waits until the routing tables have stopped growing. */
async function settle(nodes: readonly DhtNode[]): Promise<void> {
  let last = -1
  for (let i = 0; i < 60; i++) {
    const total = nodes.reduce((sum, node) => sum + node.rendezvous.status().peers, 0)
    if (i > 1 && total <= last * 1.01) return
    last = total
    await sleep(2000)
  }
}

const beganMs = Date.now()
const nodes: DhtNode[] = []
nodes.push(await join(nodes))
await inTurns(
  Array.from({ length: count - 1 }, (_, at) => at),
  8,
  async () => void nodes.push(await join(nodes)),
)
await settle(nodes)
console.log(
  `${count} nodes over ${transport} after ${Math.round((Date.now() - beganMs) / 1000)} s, ${quantile(
    nodes.map((node) => node.rendezvous.status().peers),
    0.5,
  )} peers each`,
)

interface Written {
  readonly keys: DayKeys
  readonly seq: number
}

const written: Written[] = []
const stored: number[] = []
const putMs: number[] = []
const beforePuts = sent(nodes)
await inTurns(
  Array.from({ length: Math.min(count, 50) }, (_, at) => at),
  atOnce,
  async () => {
    const keys = dayKeys(randomBytes(32), 20_000, deviceIdOf(await generateKey()))
    const record = makeRecord(keys, { seq: 1, addresses: ['/ip4/192.0.2.1/tcp/4001'], nonce: randomBytes(12) })
    const startedMs = performance.now()
    stored.push((await any(nodes).rendezvous.publish(keys.key, record)).stored)
    putMs.push(performance.now() - startedMs)
    written.push({ keys, seq: 1 })
  },
)
const messagesPerPut = (sent(nodes) - beforePuts) / written.length
console.log(
  `put: ${written.length} records, held by ${quantile(stored, 0.5)} nodes (least ${Math.min(...stored)}), p50 ${quantile(putMs, 0.5)} ms, p95 ${quantile(putMs, 0.95)} ms, ${messagesPerPut.toFixed(1)} messages`,
)

async function lookUp(from: readonly DhtNode[], what: readonly Written[], times: number): Promise<string> {
  let found = 0
  const tookMs: number[] = []
  const before = sent(from)
  await inTurns(
    Array.from({ length: times }, (_, at) => at),
    atOnce,
    async () => {
      const { keys } = any(what)
      const startedMs = performance.now()
      if (await any(from).rendezvous.find(keys.key)) found++
      tookMs.push(performance.now() - startedMs)
    },
  )
  const messages = (sent(from) - before) / times
  return `${found} of ${times} (${((100 * found) / times).toFixed(1)} %), p50 ${quantile(tookMs, 0.5)} ms, p95 ${quantile(tookMs, 0.95)} ms, ${messages.toFixed(1)} messages`
}

const lookups = atOnce === 1 ? 100 : 200
console.log(`found before churn: ${await lookUp(nodes, written, lookups)}`)

// A third goes without a word, and as many others come.
const leaving = nodes.toSorted(() => Math.random() - 0.5).slice(0, Math.round(churn * count))
for (const node of leaving) nodes.splice(nodes.indexOf(node), 1)
await inTurns(leaving, 8, async (node) => {
  all.delete(node)
  await node.stop()
})
await inTurns(leaving, 8, async () => void nodes.push(await join(nodes)))
await sleep(3000)
console.log(`found after ${100 * churn} % churn: ${await lookUp(nodes, written, lookups)}`)
console.log(`found again after that: ${await lookUp(nodes, written, lookups)}`)

// What a node sends without anybody asking anything: one refresh of its table, and asking whether others live.
const sample = nodes.slice(0, Math.min(10, count))
const beforeRefresh = sent(sample)
for (const node of sample) await node.dht.refreshRoutingTable()
let last = beforeRefresh
for (let i = 0; i < 30; i++) {
  await sleep(1000)
  const now = sent(sample)
  if (now === last && now > beforeRefresh) break
  last = now
}
const refresh = (last - beforeRefresh) / sample.length
const hourMs = 3_600_000
const idle = refresh * (hourMs / limits.dhtRefreshMs) + limits.dhtLivenessPeers * (hourMs / limits.dhtLivenessMs)
const putsAnHour = contacts * (hourMs / (0.75 * limits.rendezvousRepublishMs))
console.log(
  `messages a node and hour: ${refresh.toFixed(0)} of a refresh, ${(idle - refresh).toFixed(0)} of liveness, ${(putsAnHour * messagesPerPut).toFixed(0)} of ${contacts} contacts' records (${putsAnHour.toFixed(1)} puts): ${(idle + putsAnHour * messagesPerPut).toFixed(0)} in all; log2 n = ${Math.log2(count).toFixed(2)}`,
)

if (sybilCount > 0) {
  for (const kind of ['silent', 'replaying'] as const) {
    const target = written[kind === 'silent' ? 0 : 1]!
    const newer = makeRecord(target.keys, { seq: 2, addresses: ['/ip4/192.0.2.2/tcp/4001'], nonce: randomBytes(12) })
    const older = makeRecord(target.keys, { seq: 1, addresses: ['/ip4/192.0.2.1/tcp/4001'], nonce: randomBytes(12) })
    const sybils = await sybilsAround(target.keys.key, { count: sybilCount, kind, older, transport, nodes })
    await settle(sybils)
    const { stored: holders } = await any(nodes).rendezvous.publish(target.keys.key, newer)
    let right = 0
    let wrong = 0
    for (let i = 0; i < 20; i++) {
      const record = await any(nodes).rendezvous.find(target.keys.key)
      if (record === undefined) continue
      if (checkRecord(target.keys.key, record) === 2) right++
      else wrong++
    }
    const others = await lookUp(
      nodes,
      written.filter((each) => each !== target),
      40,
    )
    console.log(
      `${sybilCount} ${kind} sybils around a key: put held by ${holders}; found ${right} of 20 right, ${wrong} old, ${20 - right - wrong} nothing; other keys: ${others}`,
    )
    await inTurns(sybils, 8, async (node) => node.stop())
  }
}
console.log(`rss ${Math.round(process.memoryUsage().rss / 1024 / 1024)} MB, ${Math.round((Date.now() - beganMs) / 1000)} s`)
process.exit(0)
