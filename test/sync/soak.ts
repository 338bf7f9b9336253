import { divergenceOf } from '@porchlight/consent/testing'

// Plays many random traces of three devices of one household: npm run soak:sync -- [count, default 20000] [first seed, default 0]
const [count = 20_000, from = 0] = process.argv.slice(2).map(Number)
const startedMs = performance.now()
let divergences = 0
for (let seed = from; seed < from + count; seed++) {
  const divergence = await divergenceOf(seed)
  if (divergence === undefined) continue
  divergences += 1
  console.log(divergence)
}
console.log(
  `${count} traces, ${divergences} divergences (seeds ${from} to ${from + count - 1}, ${Math.round((performance.now() - startedMs) / 1000)} s)`,
)
process.exitCode = divergences === 0 ? 0 : 1
