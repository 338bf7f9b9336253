import { limits } from '@porchlight/core'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { serviceManager, type ServiceManagerOptions } from './service-manager.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const managed = { NOTIFY_SOCKET: '/run/user/1000/systemd/notify', WATCHDOG_USEC: '60000000', WATCHDOG_PID: '4242' }

function started(options: Partial<ServiceManagerOptions> = {}) {
  const said: string[] = []
  const logged: string[] = []
  const manager = serviceManager({
    environment: managed,
    pid: 4242,
    notify: (...assignments) => {
      said.push(assignments.join(' '))
      return Promise.resolve()
    },
    isWell: () => Promise.resolve(true),
    log: (event) => logged.push(event),
    ...options,
  })
  return { manager, said, logged }
}

test('systemd hears that the daemon is up, then a sign of life every quarter of its time, then that it stops', async () => {
  const { manager, said } = started()
  await manager.ready('here')
  await vi.advanceTimersByTimeAsync(60_000)
  await manager.stopping()
  await vi.advanceTimersByTimeAsync(60_000)
  expect(said).toEqual(['READY=1 STATUS=here', ...Array.from({ length: 5 }, () => 'WATCHDOG=1'), 'STOPPING=1'])
})

test('a daemon that does not answer its own socket gives no sign of life, and says so in the log', async () => {
  vi.useRealTimers()
  const { manager, said, logged } = started({
    environment: { ...managed, WATCHDOG_USEC: '1000000' },
    isWell: (signal) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error))),
  })
  await manager.ready('here')
  await vi.waitFor(() => expect(logged).toContain('daemon.answer.failed'), { timeout: 5000 })
  expect(said).not.toContain('WATCHDOG=1')
  manager[Symbol.dispose]()
})

test('a daemon whose loop is held for longer than a request may wait gives no sign of life, though a request gets through between two holds', async () => {
  vi.useRealTimers()
  const [everyMs, asked] = [limits.signOfLifeLeastMs, vi.fn(() => Promise.resolve(true))]
  const { manager, said, logged } = started({ environment: { ...managed, WATCHDOG_USEC: String(4000 * everyMs) }, isWell: asked })
  await manager.ready('here')
  await vi.waitFor(() => expect(said).toContain('WATCHDOG=1'))
  const before = said.length
  let turns = 0
  await new Promise<void>((done) => {
    const hold = (): void => {
      const endMs = performance.now() + 2.5 * everyMs
      while (performance.now() < endMs);
      if (++turns < 4) setTimeout(hold, 0)
      else done()
    }
    hold()
  })
  manager[Symbol.dispose]()
  expect(said.length).toBe(before)
  expect(logged).toContain('daemon.answer.failed')
})

test('after a bad round the next good one counts', async () => {
  let well = false
  const { manager, said } = started({ isWell: () => Promise.resolve(well) })
  await manager.ready('here')
  await vi.advanceTimersByTimeAsync(1)
  expect(said).not.toContain('WATCHDOG=1')
  well = true
  await vi.advanceTimersByTimeAsync(15_000)
  expect(said).toContain('WATCHDOG=1')
  manager[Symbol.dispose]()
})

test.each([
  ['no service manager', {}],
  ['a manager that wants no signs of life', { NOTIFY_SOCKET: '/x' }],
  ['a watchdog meant for another process', { ...managed, WATCHDOG_PID: '1' }],
  ['a watchdog time that is no number', { ...managed, WATCHDOG_USEC: '1e9' }],
])('with %s no sign of life is given', async (_, environment) => {
  const { manager, said } = started({ environment })
  await manager.ready('here')
  await vi.advanceTimersByTimeAsync(120_000)
  expect(said).not.toContain('WATCHDOG=1')
  manager[Symbol.dispose]()
})

test('a service manager that cannot be told does not stop the daemon', async () => {
  const { manager, logged } = started({ notify: () => Promise.reject(new Error('no such file')) })
  await manager.ready('here')
  await manager.stopping()
  expect(logged).toContain('daemon.notify.failed')
})
