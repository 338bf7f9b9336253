import { limits } from '@porchlight/core'
import { beforeEach, describe, expect, test } from 'vitest'
import { RecordShelf } from './record-shelf.ts'

let now: number
let shelf: RecordShelf
beforeEach(() => {
  now = 1_000_000
  shelf = new RecordShelf(() => now)
})

const ana = { peer: 'ana', host: '192.0.2.1' }
const record = (fill: number, length = 10): Uint8Array => new Uint8Array(length).fill(fill)
const because = (work: () => void): string => {
  try {
    work()
    return 'held'
  } catch (error) {
    const { reason, code } = error as { reason?: string; code: string }
    return reason ?? code
  }
}

describe('a record', () => {
  test('gives way to a newer one and never to an older one', () => {
    shelf.put('a', record(2), 2, ana)
    expect(because(() => shelf.put('a', record(1), 1, { peer: 'eve', host: '192.0.2.66' }))).toBe('older')
    shelf.put('a', record(3), 3, ana)
    expect([shelf.get('a'), shelf.size, shelf.bytes]).toEqual([record(3), 1, 10])
  })

  test('is over when its time is, unless it came again', () => {
    shelf.put('a', record(1), 1, ana)
    shelf.put('b', record(1), 1, ana)
    now += limits.dhtRecordKeepMs
    shelf.put('b', record(1), 1, ana)
    now += 1
    expect([shelf.get('a'), shelf.get('b')]).toEqual([undefined, record(1)])
    shelf.sweep()
    expect([shelf.size, shelf.bytes]).toEqual([1, 10])
  })
})

describe('a device', () => {
  test('has so many records and no more, and may go on renewing those', () => {
    for (let i = 0; i < limits.dhtRecordsPerPeer; i++) shelf.put(`a${i}`, record(1), 1, ana)
    expect(because(() => shelf.put('one more', record(1), 1, ana))).toBe('BUSY')
    expect(because(() => shelf.put('a0', record(2), 2, ana))).toBe('held')
    expect(because(() => shelf.put('of another', record(1), 1, { peer: 'ben', host: ana.host }))).toBe('held')
  })

  test('that fills the shelf under many names loses its own oldest records, and nobody else loses any', () => {
    const contacts = 100
    for (let i = 0; i < contacts; i++) shelf.put(`home ${i}`, record(1), 1, { peer: `home ${i}`, host: `198.51.100.${i}` })
    for (let i = 0; i < 2 * limits.dhtRecords; i++) shelf.put(`spam ${i}`, record(2), 1, { peer: `spam ${i % 500}`, host: '203.0.113.1' })
    expect(shelf.size).toBe(limits.dhtRecords)
    for (let i = 0; i < contacts; i++) expect(shelf.get(`home ${i}`)).toBeDefined()
    expect(shelf.get('spam 0')).toBeUndefined()
  }, 60_000)
})

test('the bytes are bounded as well as the number', () => {
  const long = record(1, limits.rendezvousRecordBytes)
  for (let i = 0; i * long.byteLength <= limits.dhtRecordsBytes + 10 * long.byteLength; i++)
    shelf.put(`a${i}`, long, 1, { peer: `peer ${i % 20}`, host: ana.host })
  expect(shelf.bytes).toBeLessThanOrEqual(limits.dhtRecordsBytes)
  expect(shelf.bytes).toBeGreaterThan(limits.dhtRecordsBytes - 2 * long.byteLength)
})
