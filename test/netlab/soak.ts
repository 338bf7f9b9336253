// `npm run soak:netlab [RUNS] [PAIR…]`: the whole matrix, with and without loss, as a table for docs/measurements.md. About 90 minutes.
import { cpus, loadavg } from 'node:os'
import { markdown, measure, shortfalls, type Row } from './matrix.ts'
import { pairs } from './pairs.ts'

const [count = '20', ...names] = process.argv.slice(2)
const chosen = names.length === 0 ? pairs : pairs.filter(({ name }) => names.includes(name))
const rows: Row[] = []
for (const lossPercent of [0, 1])
  for (const pair of chosen) {
    const row = await measure(pair, { lossPercent, directWithinMs: 15_000, relayedForMs: 8000 }, Number(count))
    rows.push(row)
    console.error(markdown([row]).split('\n').at(-1))
    for (const shortfall of shortfalls(row)) console.error(`  ${shortfall}`)
  }
console.log(`${count} runs a pair, Node ${process.version}, ${cpus().length} cores, load ${loadavg()[0]!.toFixed(1)}\n\n${markdown(rows)}`)
const missed = rows.flatMap(shortfalls)
console.log(missed.length === 0 ? '\nEvery goal is met.' : `\nGoals missed:\n${missed.map((sentence) => `- ${sentence}`).join('\n')}`)
process.exit(missed.length === 0 ? 0 : 1)
