import * as fc from 'fast-check'
import { Uint8ArrayList } from 'uint8arraylist'
import * as lengthPrefixed from 'it-length-prefixed'
import { expect, test } from 'vitest'
import { decodeDataFrame, encodeDataFrame } from './data-frame.ts'
import { gate } from './generated/gate.ts'

const sizes = [
  1, 2, 122, 123, 124, 125, 126, 127, 128, 129, 130, 16_378, 16_379, 16_380, 16_381, 16_382, 16_383, 16_384, 16_385, 65_536, 983_040,
]

test.each(sizes)('a Data frame of %i bytes is what the generated encoder writes', (size) => {
  const payload = new Uint8Array(size).fill(7)
  expect(encodeDataFrame(payload).subarray()).toEqual(lengthPrefixed.encode.single(gate.Frame.encode({ data: { payload } })).subarray())
})

test.each(sizes)('a Data frame of %i bytes is read without the generated decoder, however it was cut', (size) => {
  const payload = new Uint8Array(size).fill(7)
  const frame = gate.Frame.encode({ data: { payload } })
  for (const cut of [0, 1, 3, Math.floor(frame.length / 2)]) {
    expect(decodeDataFrame(new Uint8ArrayList(frame.subarray(0, cut), frame.subarray(cut)))).toEqual(payload)
  }
})

test('what is read as a Data frame is what the generated decoder reads, and nothing else is', () => {
  const frames = fc.oneof(
    fc.uint8Array({ maxLength: 300 }).map((payload) => gate.Frame.encode({ data: { payload } })),
    fc.uint8Array({ maxLength: 40 }),
    fc.uint8Array({ maxLength: 40 }).map((rest) => Uint8Array.from([18, ...rest])),
  )
  fc.assert(
    fc.property(frames, (frame) => {
      const fast = decodeDataFrame(new Uint8ArrayList(frame))
      if (fast !== undefined) expect(gate.Frame.decode(frame)).toEqual({ data: { payload: fast } })
    }),
  )
})
