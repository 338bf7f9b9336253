import { limits, parseLocation } from '@porchlight/core'
import { gateFrames, memoryByteStreams, type ByteStream, type Frame } from '@porchlight/wire'
import type { Role, Target } from '../conform/target.ts'
import { streamTarget } from '../conform/stream-target.ts'
import type { GateFault } from './gate-faults.ts'

const echoProtocol = '/example/echo/1'
const { Code } = gateFrames.End
const end = (code: gateFrames.End.Code, more: Partial<gateFrames.End> = {}): Frame['end'] => ({
  code,
  reason: '',
  payload: new Uint8Array(),
  ...more,
})
const wait = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms))

const isRoom = (text: string): boolean => {
  try {
    return parseLocation(text) === text
  } catch {
    return false
  }
}

/** Thrown to end a stream. */
class Broken extends Error {}

/** A small gate of its own, without the code of `@porchlight/wire` that serves calls, with at most one fault. Serves an echo to contacts. */
export class WrongGate {
  readonly #fault: GateFault | undefined
  #revoked = new AbortController()

  constructor(fault?: GateFault) {
    this.#fault = fault
  }

  /** This gate as a target, over streams in memory. */
  target(): Target {
    const echo = { protocol: echoProtocol, location: '' }
    return streamTarget({
      name: this.#fault ?? 'a gate without fault',
      roles: new Set(['stranger', 'contact']),
      answerMs: 3000,
      known: { ...echo, method: 'unary', payload: '0102' },
      echo,
      open: async (role) => {
        const [near, far] = memoryByteStreams()
        void this.#serve(far, role)
        return near
      },
      protocols: async () => [
        '/ipfs/id/1.0.0',
        '/porchlight/gate/1',
        ...(this.#is('shows its protocols to strangers') ? [echoProtocol] : []),
      ],
      revoke: async () => {
        this.#revoked.abort()
        this.#revoked = new AbortController()
      },
      [Symbol.asyncDispose]: async () => {},
    })
  }

  #is(fault: GateFault): boolean {
    return this.#fault === fault
  }

  async #serve(stream: ByteStream, role: Role): Promise<void> {
    const input = new Input(stream, (fault) => this.#is(fault))
    try {
      for (;;) {
        const frame = await input.next()
        if (frame === undefined) return await stream.closeWrite()
        if (frame.data && this.#is('skips Data before Open')) continue
        if (frame.end && this.#is('skips End before Open')) continue
        if (!frame.open) throw new Broken()
        await this.#call(stream, input, frame.open, role)
        if (this.#is('carries one call a stream')) return await stream.closeWrite()
      }
    } catch {
      stream.abort(new Error('ended'))
    }
  }

  async #call(stream: ByteStream, input: Input, open: NonNullable<Frame['open']>, role: Role): Promise<void> {
    const say = (body: Partial<Frame>): Promise<void> => write(stream, body)
    const isOurs = open.protocol === echoProtocol && ['unary', 'stream'].includes(open.method)
    const location = this.#is('repairs locations') ? '' : open.location
    const isAllowed = (role === 'contact' || this.#is('lets strangers call')) && isOurs && isRoom(location) && location === ''
    const refused = (): Frame['end'] => {
      if (this.#is('gives a reason for a refusal')) return end(Code.DENIED, { reason: 'no-grant' })
      if (this.#is('says BAD_REQUEST to an unknown method') && open.protocol === echoProtocol && !isOurs) return end(Code.BAD_REQUEST)
      return end(this.#is('says BUSY to strangers') && role === 'stranger' ? Code.BUSY : Code.DENIED)
    }
    if (!isAllowed || (this.#is('refuses long deadlines') && open.deadlineMs > limits.callDeadlineMaxMs)) {
      await wait(this.#is('refuses at once') ? 0 : limits.refusalDelayMs)
      if (this.#is('takes longer to refuse what exists') && open.protocol.startsWith('/porchlight/')) await wait(600)
      await say({ end: refused() })
      if (this.#is('resets the stream after a refusal')) throw new Broken()
      if (open.streaming) await this.#drain(input)
      return
    }
    if (!open.streaming) return say({ end: end(Code.OK, { payload: open.payload }) })
    await this.#echo(stream, input, open.deadlineMs)
  }

  async #drain(input: Input): Promise<void> {
    for (let dropped = 0; ;) {
      const frame = await input.next()
      if (frame?.end) return
      if (!frame?.data || this.#is('ends the stream at Data after a refusal')) throw new Broken()
      dropped += frame.data.payload.byteLength + 5
      if (dropped > limits.readBufferBytes && !this.#is('drops Data for ever')) throw new Broken()
    }
  }

  async #echo(stream: ByteStream, input: Input, deadlineMs: number): Promise<void> {
    const { signal } = this.#revoked
    const over = Promise.withResolvers<'revoked' | 'late'>()
    if (!this.#is('goes on after the grant ended')) signal.addEventListener('abort', () => over.resolve('revoked'), { once: true })
    const timer = deadlineMs > 0 && !this.#is('has no deadlines') ? setTimeout(() => over.resolve('late'), deadlineMs) : undefined
    try {
      for (;;) {
        const frame = await Promise.race([input.next(), over.promise])
        if (typeof frame === 'string') {
          if (frame === 'revoked' && this.#is('says OK when the grant ends')) return await write(stream, { end: end(Code.OK) })
          await write(stream, { end: end(frame === 'late' ? Code.TIMEOUT : Code.DENIED) })
          throw new Broken()
        }
        if (frame === undefined) {
          if (this.#is('takes a closed stream for an end')) return await write(stream, { end: end(Code.OK) })
          throw new Broken()
        }
        if (frame.open && this.#is('begins a call inside a call')) continue
        if (frame.open) throw new Broken()
        if (frame.end)
          return this.#is('never says End after the caller did') ? await wait(60_000) : await write(stream, { end: end(Code.OK) })
        if (frame.data && !(frame.data.payload.byteLength === 0 && this.#is('loses empty messages')))
          await write(stream, { data: frame.data })
      }
    } finally {
      clearTimeout(timer)
    }
  }
}

async function write(stream: ByteStream, frame: Partial<Frame>): Promise<void> {
  const body = gateFrames.Frame.encode(frame)
  const length: number[] = []
  for (let rest = body.byteLength; ; rest = Math.floor(rest / 128)) {
    length.push(rest < 128 ? rest : (rest % 128) | 128)
    if (rest < 128) break
  }
  await stream.write(Uint8Array.from([...length, ...body]))
}

/** Frames of one stream, read by hand. */
class Input {
  readonly #stream: ByteStream
  readonly #is: (fault: GateFault) => boolean
  #pieces: Uint8Array[] = []

  constructor(stream: ByteStream, is: (fault: GateFault) => boolean) {
    this.#stream = stream
    this.#is = is
  }

  #all(): Uint8Array {
    if (this.#pieces.length > 1) this.#pieces = [Uint8Array.from(Buffer.concat(this.#pieces))]
    return this.#pieces[0] ?? new Uint8Array()
  }

  async next(): Promise<Frame | undefined> {
    for (;;) {
      const frame = this.#take(false)
      if (frame === 'skip') continue
      if (frame) return frame
      const bytes = await this.#stream.read()
      if (bytes) this.#pieces.push(bytes.subarray())
      else if (this.#all().byteLength === 0) return undefined
      else {
        const cut = this.#is('serves an Open that was cut off') ? this.#take(true) : undefined
        if (cut === undefined || cut === 'skip') throw new Broken()
        return cut
      }
    }
  }

  /** @param isCut  the rest will not come */
  #take(isCut: boolean): Frame | 'skip' | undefined {
    const bytes = this.#all()
    let [length, size] = [0, 0]
    for (; size < bytes.length; size += 1) {
      if (size >= 8 && !this.#is('reads lengths of nine bytes')) throw new Broken()
      length += (bytes[size]! & 127) * 2 ** (7 * size)
      if (bytes[size]! < 128) break
    }
    if (size >= bytes.length) return undefined
    size += 1
    if (length > limits.frameLimitBytes && !this.#is('reads frames over the limit')) throw new Broken()
    if (length >= limits.frameLimitBytes && this.#is('refuses a frame of the limit')) throw new Broken()
    // A length of nothing in nine bytes is no frame either.
    if (size > 8 && length === 0) return undefined
    if (bytes.byteLength < size + length && !isCut) return undefined
    this.#pieces = [bytes.slice(size + length)]
    return this.#decoded(bytes.subarray(size, size + length), isCut)
  }

  #decoded(body: Uint8Array, isCut: boolean): Frame | 'skip' {
    try {
      // Field 15 of Open, and field 4: what a reader has to skip.
      const text = Buffer.from(body).toString('hex')
      if (this.#is('ends the stream at a field it does not know') && text.includes('7a0101d20f')) throw new Broken()
      if (this.#is('ends the stream at field 4') && text.endsWith('2203aabbcc')) throw new Broken()
      if (body.byteLength === 0 && this.#is('skips a frame without a body')) return 'skip'
      const frame = gateFrames.Frame.decode(body)
      if (!frame.open && !frame.data && !frame.end) throw new Broken()
      return frame
    } catch (error) {
      if (error instanceof Broken) throw error
      if (this.#is('skips what does not decode')) return 'skip'
      if (this.#is('takes an unknown End code for OK') && body[0] === 0x1a) return { end: end(Code.OK) }
      if (isCut) return { open: { protocol: echoProtocol, method: 'unary', deadlineMs: 0, location: '', streaming: false, payload: body } }
      throw new Broken()
    }
  }
}
