// An idle home with many contacts: what it takes of processor, memory and disk. npm run soak:idle -- [minutes, default 10] [contacts, default 50]
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { watch } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { processStat } from '../flood/process-stat.ts'
import { Home, waitFor } from '../harness/home.ts'
import { sourceFlags } from '../harness/source-flags.ts'

const [minutes = 10, contacts = 50] = process.argv.slice(2).map(Number)
const settleMs = 60_000
const goals = { cpuPercent: 1, rssMB: 130, writesPerHour: 60 }

await using home = await Home.start('home')
const others = spawn(process.execPath, [...sourceFlags, fileURLToPath(new URL('contacts-main.ts', import.meta.url))], {
  stdio: ['pipe', 'pipe', 'inherit'],
})
try {
  const joined = createInterface({ input: others.stdout })[Symbol.asyncIterator]()
  for (let i = 0; i < contacts; i++) {
    const { link } = await home.cli('invite')
    others.stdin.write(`${link}\n`)
    await joined.next()
  }
  await waitFor('all contacts to be connected', async () => (await home.cli('status')).contacts.connected === contacts, 60_000)
  console.log(`${contacts} contacts are connected; ${settleMs / 1000} s to settle, then ${minutes} minutes of nothing`)
  await new Promise((wake) => setTimeout(wake, settleMs))

  // Every synced write of LevelDB goes to the end of its log file, which the kernel tells of.
  const written = new Map<string, number>()
  const watching = watch(join(home.dir, 'db'), (_, file) => void written.set(file ?? '', (written.get(file ?? '') ?? 0) + 1))
  const before = processStat(home.pid, home.dir)
  const fromMs = performance.now()
  let most = before
  while (performance.now() - fromMs < minutes * 60_000) {
    await new Promise((wake) => setTimeout(wake, 5000))
    const now = processStat(home.pid, home.dir)
    if (now.rssMB > most.rssMB) most = now
  }
  const hours = (performance.now() - fromMs) / 3_600_000
  watching.close()
  const after = processStat(home.pid, home.dir)
  const cpuPercent = ((after.cpuSeconds - before.cpuSeconds) / (hours * 3600)) * 100
  const writes = [...written].filter(([file]) => file.endsWith('.log')).reduce((sum, [, count]) => sum + count, 0)
  const still = (await home.cli('status')).contacts.connected
  const line = (what: string, value: number, goal: number, unit: string): boolean => {
    console.log(`${what}: ${value.toFixed(2)} ${unit} (goal: at most ${goal})`)
    return value <= goal
  }
  const met = [
    line('CPU', cpuPercent, goals.cpuPercent, '% of one core'),
    line('RSS at most', most.rssMB, goals.rssMB, 'MB'),
    line('writes to the database', writes / hours, goals.writesPerHour, 'an hour'),
  ]
  console.log(`${still} of ${contacts} contacts still connected; ${after.openFiles} open files; RSS ${before.rssMB} → ${after.rssMB} MB`)
  process.exitCode = met.every(Boolean) && still === contacts ? 0 : 1
} finally {
  others.kill('SIGTERM')
  await once(others, 'exit')
}
