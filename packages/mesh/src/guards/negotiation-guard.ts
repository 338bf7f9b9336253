import { limits, PorchlightError } from '@porchlight/core'
import type { Bytes } from '@porchlight/wire'

/** What the guard needs of a libp2p socket, encrypted connection or stream: the method through which its bytes arrive, and a way to end it. */
export interface Guarded {
  onData(data: Bytes): void
  abort(error: Error): void
}

/** What a message makes of the negotiation: it goes on, it is over, or from now on there are messages of the DHT, which are longer. */
export type AfterLine = 'more' | 'done' | 'dht'

const lineBounds = { bytes: limits.negotiationLineBytes, prefix: 2, lines: limits.negotiationLines }
const dhtBounds = { bytes: limits.dhtMessageBytes, prefix: 3, lines: limits.dhtMessages }

/**
 * Watches the length-prefixed messages of a negotiation and ends it at the first one that libp2p would choke on: multistream-select and
 * identify read an endless length prefix byte by byte, quadratically (5 MB hold the event loop for 10 s), and answer any number of
 * proposals within one round of the event loop. Both need no key but one made up on the spot.
 *
 * @param target  guarded until `after` says `done`; its `onData` is replaced meanwhile
 * @param after   called with the text of each message
 * @see           https://github.com/multiformats/multistream-select
 */
export function guardNegotiation(target: Guarded, after: (line: string) => AfterLine): void {
  const original = target.onData
  let bounds = lineBounds
  let length: number | undefined
  let prefix: number[] = []
  let line: number[] = []
  let read = 0
  let lines = 0
  let refused = false

  /** @returns whether the guard's work is done */
  const feed = (byte: number): boolean => {
    if (length === undefined) {
      prefix.push(byte)
      if (byte >= 0x80) {
        if (prefix.length >= bounds.prefix) throw tooLong(`a length prefix of more than ${bounds.prefix} bytes`)
        return false
      }
      length = prefix.reduce((sum, part, at) => sum + (part & 0x7f) * 128 ** at, 0)
      prefix = []
      line = []
      read = 0
      lines++
      if (length > bounds.bytes) throw tooLong(`a message of ${length} bytes, limit ${bounds.bytes}`)
      if (lines > bounds.lines) throw tooLong(`more than ${bounds.lines} messages`)
    } else {
      read++
      if (bounds === lineBounds) line.push(byte)
    }
    if (read < length) return false
    length = undefined
    if (bounds === dhtBounds) return false
    const next = after(String.fromCharCode(...line).trimEnd())
    if (next === 'dht') [bounds, lines] = [dhtBounds, 0]
    return next === 'done'
  }

  target.onData = (data) => {
    if (refused) return
    let done = false
    try {
      for (const byte of data.subarray())
        if (feed(byte)) {
          done = true
          break
        }
    } catch (error) {
      refused = true
      target.abort(error instanceof Error ? error : new Error(String(error)))
      return
    }
    if (done) target.onData = original
    original.call(target, data)
  }
}

const tooLong = (what: string): PorchlightError => new PorchlightError('TOO_LARGE', `negotiation with ${what}`)

const multistream = '/multistream/1.0.0'
const identify = /^\/ipfs\/id(\/push)?\/1\.0\.0$/
const dht = '/porchlight/kad/1'
const circuit = /^\/libp2p\/circuit\/relay\/0\.2\.0\/(hop|stop)$/

/** The side that proposes ends the negotiation with the first answer that names a protocol. */
export const proposing = (): ((line: string) => AfterLine) => untilNamed((line) => line.startsWith('/'))

/** The side that answers ends it with a proposal that it accepts. @param accepts the protocol ids spoken here, asked at each message */
export const answering = (accepts: () => readonly string[]): ((line: string) => AfterLine) => untilNamed((line) => accepts().includes(line))

/**
 * Messages of identify and of the DHT follow their negotiation with the same kind of length prefix, so they stay guarded to the end of their
 * stream; on a stream of circuit relay it is one message each way, and then the circuit.
 */
function untilNamed(isNamed: (line: string) => boolean): (line: string) => AfterLine {
  let guarding = false
  let isLast = false
  return (line) => {
    if (isLast) return 'done'
    if (guarding || line === multistream || !isNamed(line)) return 'more'
    if (line === dht) return 'dht'
    isLast = circuit.test(line)
    guarding = identify.test(line)
    return guarding || isLast ? 'more' : 'done'
  }
}
