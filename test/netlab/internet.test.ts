import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Namespaces } from '../harness/namespaces.ts'
import { sourceFlags } from '../harness/source-flags.ts'
import { Internet } from './internet.ts'
import type { HomeKind } from './nat.ts'

const program = fileURLToPath(new URL('observe.ts', import.meta.url))
const node = [process.execPath, ...sourceFlags, program]

const observe = (internet: Internet, machine: string, ...words: (string | number)[]): string =>
  internet.exec(machine, ...node, ...words.map(String)).trim()

async function serve(internet: Internet, machine: string, port: number): Promise<void> {
  await once(internet.spawn(machine, [...node, 'server', String(port)], { stdio: ['ignore', 'pipe', 'inherit'] }).stdout!, 'data')
}

describe('a home of each kind, seen with plain sockets', () => {
  let internet: Internet
  const kinds: readonly HomeKind[] = ['public', 'full', 'cone', 'reject', 'sym', 'cgnat', 'cgnatsym', 'udpblk']

  beforeAll(async () => {
    internet = await Internet.create({ homes: Object.fromEntries(kinds.map((kind) => [kind, kind])), ipv6: 'also' })
    await Promise.all([serve(internet, 'r', 7000), serve(internet, 's', 7000)])
  })
  afterAll(() => internet?.[Symbol.dispose]())

  const sameForAll = { public: true, full: true, cone: true, reject: true, cgnat: true, udpblk: true, sym: false, cgnatsym: false }
  test.each(kinds)('two observers of %s see its public address, and agree about the port unless it is symmetric', (kind) => {
    for (const protocol of kind === 'udpblk' ? ['tcp'] : ['tcp', 'udp']) {
      const [atR, atS] = ['r', 's'].map((host) => observe(internet, kind, protocol, internet.address(host), 7000, 5000))
      expect(atR!.split(' ')[0]).toBe(internet.publicAddress(kind))
      expect(atS!.split(' ')[0]).toBe(internet.publicAddress(kind))
      expect(atR === atS).toBe(sameForAll[kind])
    }
  })

  const toOutsiders = { public: 'in', full: 'in', reject: 'ECONNREFUSED' } as const
  test.each(kinds)('who was not sent to reaches %s through the port that it used only if it filters nothing', async (kind) => {
    const [address, port] = observe(internet, kind, 'tcp', internet.address('r'), 7000, 6000).split(' ')
    await serve(internet, kind, 6000)
    const answer = observe(internet, 's', 'tcp', address!, port!, 0)
    expect(answer.startsWith(internet.address('s')) ? 'in' : answer).toBe(toOutsiders[kind as keyof typeof toOutsiders] ?? 'SILENT')
  })

  test.each(kinds)('the IPv6 address of %s is its own, and closed to outsiders unless it is public', async (kind) => {
    expect(observe(internet, kind, 'tcp', internet.ipv6Address('r'), 7000, 5001)).toBe(`${internet.ipv6Address(kind)} 5001`)
    await serve(internet, kind, 6001)
    const answer = observe(internet, 's', 'tcp', internet.ipv6Address(kind), 6001, 0)
    expect(answer.startsWith(internet.ipv6Address('s')) ? 'in' : answer).toBe(kind === 'public' ? 'in' : 'SILENT')
  })

  test('a home without UDP gets no answer to a datagram', () => {
    expect(observe(internet, 'udpblk', 'udp', internet.address('r'), 7000, 5002)).toBe('SILENT')
  })

  test('a home that was renumbered is seen at its new address; one that is cut off, not at all until it is mended', () => {
    internet.renumber('cone', 77)
    expect(observe(internet, 'cone', 'tcp', internet.address('r'), 7000, 5003)).toBe(
      `${internet.publicAddress('cone').replace(/\d+$/, '77')} 5003`,
    )
    internet.cut('cone')
    expect(observe(internet, 'cone', 'tcp', internet.address('r'), 7000, 5004)).toBe('SILENT')
    internet.mend('cone')
    expect(observe(internet, 'cone', 'tcp', internet.address('r'), 7000, 5005)).toContain('5005')
  })
})

test('a round trip between homes takes what was asked for, and a lossy line loses about what was asked for', async () => {
  using internet = await Internet.create({ homes: { a: 'public', b: 'public' }, roundTripMs: 80, lossPercent: 10 })
  await serve(internet, 'b', 7000)
  const [answered, shortestMs] = observe(internet, 'a', 'echoes', internet.address('b'), 7000, 1000).split(' ').map(Number)
  console.log(`${answered! / 10} % of echoes came back, the first of them after ${shortestMs!.toFixed(1)} ms`)
  expect(shortestMs).toBeGreaterThan(80)
  expect(shortestMs).toBeLessThan(100)
  // Each echo passes two lines twice.
  expect(answered! / 1000).toBeGreaterThan(0.9 ** 4 - 0.08)
  expect(answered! / 1000).toBeLessThan(0.9 ** 4 + 0.08)
})

/** Empty for a process that is gone, or that nobody has buried yet. */
function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    return ''
  }
}

test('what a run left that was killed is gone with the next', () => {
  const module = fileURLToPath(new URL('../harness/namespaces.ts', import.meta.url))
  const dying = [
    `import { Namespaces } from ${JSON.stringify(module)}`,
    'const spaces = new Namespaces()',
    "spaces.add('left')",
    "const child = spaces.spawn('left', ['sleep', '600'], { stdio: 'ignore' })",
    "child.on('spawn', () => { console.log(spaces.name('left'), child.pid); process.kill(process.pid, 'SIGKILL') })",
  ].join('\n')
  let printed = ''
  try {
    execFileSync(process.execPath, [...sourceFlags, '--input-type=module-typescript', '-e', dying], { encoding: 'utf8' })
  } catch (error) {
    printed = (error as { stdout: string }).stdout
  }
  const [namespace, pid] = printed.trim().split(' ')
  expect(execFileSync('ip', ['netns', 'list'], { encoding: 'utf8' })).toContain(namespace)
  using _ = new Namespaces()
  expect(execFileSync('ip', ['netns', 'list'], { encoding: 'utf8' })).not.toContain(namespace)
  expect(commandOf(pid!)).toBe('')
})
