import { expect, test } from 'vitest'
import { makeLog } from './log.ts'

function lines(logLevel: 'debug' | 'info' | 'warn' | 'error', logFormat: 'text' | 'json') {
  const written: string[] = []
  return { log: makeLog({ logLevel, logFormat }, (line) => written.push(line)), written }
}

test('a line for people is a time, a level, an event and its fields', () => {
  const { log, written } = lines('info', 'text')
  log('port.changed', { which: 'api', now: 4102, because: 'taken by another program' })
  expect(written[0]).toMatch(/^\d\d:\d\d:\d\d warn port\.changed which=api now=4102 because="taken by another program"\n$/)
})

test('a line for programs is one JSON object', () => {
  const { log, written } = lines('info', 'json')
  log('daemon.started', { api: 'x' })
  expect(JSON.parse(written[0] ?? '')).toMatchObject({ level: 'info', event: 'daemon.started', api: 'x' })
})

test('events below the level are not written', () => {
  const { log, written } = lines('warn', 'text')
  log('daemon.started')
  log('gate.opened')
  expect(written).toEqual([])
  log('api.failed')
  log('daemon.crashed')
  expect(written).toHaveLength(2)
})

test.each(['token', 'apiToken', 'passphrase', 'cookie', 'payload', 'words', 'link', 'inviteSecret', 'Authorization', 'privateKey'])(
  'a field called %s never reaches the log',
  (name) => {
    const { log, written } = lines('debug', 'json')
    log('any.event', { [name]: 'hush' })
    expect(written.join('')).not.toContain('hush')
  },
)
