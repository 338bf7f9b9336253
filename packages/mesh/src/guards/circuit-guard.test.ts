import { describe, expect, test } from 'vitest'
import { hopProtocol, stopProtocol } from '../relay/relay-protocol.ts'
import { answering, guardNegotiation, proposing, type AfterLine } from './negotiation-guard.ts'

const line = (text: string): Uint8Array => Uint8Array.from([text.length + 1, ...new TextEncoder().encode(`${text}\n`)])

function guarded(after: (line: string) => AfterLine) {
  let bytes = 0
  const target = {
    aborted: undefined as unknown,
    onData: (data: Uint8Array) => void (bytes += data.byteLength),
    abort(error: Error) {
      this.aborted = error
    },
  }
  guardNegotiation(target, after)
  return { target, bytes: () => bytes }
}

describe.each([
  ['a circuit that a relay brings', stopProtocol, () => answering(() => [stopProtocol])],
  ['a request to a relay', hopProtocol, () => answering(() => [hopProtocol])],
  ['the answer of a relay', hopProtocol, proposing],
])('%s', (_what, protocol, after) => {
  test('with an endless length prefix for its message ends at once', () => {
    const { target } = guarded(after())
    target.onData(line('/multistream/1.0.0'))
    target.onData(line(protocol))
    target.onData(new Uint8Array(1_000_000).fill(0x80))
    expect(target.aborted).toMatchObject({ code: 'TOO_LARGE' })
  })

  test('is nobody’s business after its message, whatever it carries', () => {
    const { target, bytes } = guarded(after())
    const message = Uint8Array.of(2, 8, 0)
    const pieces = [line('/multistream/1.0.0'), line(protocol), message, new Uint8Array(1_000_000).fill(0x80)]
    for (const piece of pieces) target.onData(piece)
    expect([target.aborted, bytes()]).toEqual([undefined, pieces.reduce((sum, { length }) => sum + length, 0)])
  })
})
