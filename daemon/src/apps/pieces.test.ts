import { limits } from '@porchlight/core'
import { expect, test } from 'vitest'
import { Pieces } from './pieces.ts'

test('a body that comes byte by byte is whole, and never in more pieces than the limit', () => {
  const pieces = new Pieces()
  const sent = Buffer.from(Array.from({ length: 3 * limits.bodyPieces + 7 }, (_, at) => at & 255))
  for (let at = 0; at < sent.length; at++) {
    pieces.add(sent.subarray(at, at + 1))
    expect(pieces.count).toBeLessThan(limits.bodyPieces)
  }
  expect(pieces.whole()).toEqual(sent)
  expect(new Pieces().whole()).toHaveLength(0)
})

test('a piece does not keep what else was read with it', () => {
  const pieces = new Pieces()
  const read = Buffer.alloc(65_536, 7)
  pieces.add(read.subarray(100, 101))
  expect(pieces.whole()).toEqual(Buffer.of(7))
  expect(pieces.whole().buffer).not.toBe(read.buffer)
})
