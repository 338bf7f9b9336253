import type { Connection, Stream } from '@libp2p/interface'
import { deviceId, limits, PorchlightError, type DeviceId } from '@porchlight/core'
import { FrameStream, serveCalls, type Gate, type Verdict } from '@porchlight/wire'
import type { StreamAccount, StreamMemory } from '../guards/stream-memory.ts'
import type { MeshConnection } from '../mesh.ts'
import { isRelayed, relayOf } from '../paths/relayed.ts'
import { gateProtocol } from './gate-protocol.ts'
import { MuxedByteStream } from './muxed-byte-stream.ts'
import { SendTurns } from './send-turns.ts'

/** A gate stream that we opened. */
export interface OutboundStream {
  readonly bytes: MuxedByteStream
  readonly frames: FrameStream
}

/** What libp2p opens on any connection by itself, and nobody misses. */
const incidental: ReadonlySet<string> = new Set(['/ipfs/ping/1.0.0', '/ipfs/id/1.0.0', '/ipfs/id/push/1.0.0'])

const idleMs = 0.8 * limits.idleStreamMs

/** A stream that carries no call, and what closes it when none comes. */
interface Idle {
  readonly stream: OutboundStream
  readonly timer: NodeJS.Timeout
}

export interface GateConnectionOptions {
  /** The budget that its streams are part of. */
  readonly memory?: StreamMemory | undefined
  readonly isKept?: (device: DeviceId) => boolean
}

/** How calls that come in are answered. */
export interface Answering {
  readonly gate: Gate
  /** They wait for it; it never rejects. */
  readonly answerAfter?: Promise<void>
}

/** One libp2p connection as the carrier of gate calls: its streams in both directions, its warm idle ones, its calls. */
export class GateConnection {
  readonly device: DeviceId
  readonly connection: Connection
  readonly relayed: boolean
  readonly #relay: DeviceId | undefined
  readonly #options: GateConnectionOptions
  /** Who sends next; circuits that we carry over this connection take their turns too. */
  readonly turns = new SendTurns()
  readonly #streams = new Set<FrameStream>()
  /** Those of them that were closed by us and not by the far side yet: they still count there. */
  readonly #leaving = new Set<FrameStream>()
  #left: PromiseWithResolvers<void> | undefined
  /** The one that was used last is at the end. */
  #idle: Idle[] = []
  #outbound = 0
  /** Streams that are being opened. */
  #opening = 0
  #calls = 0
  #served = 0
  #usedMs = performance.now()
  #spare = false
  #heardMs = performance.now()

  constructor(connection: Connection, options: GateConnectionOptions = {}) {
    this.connection = connection
    this.#options = options
    this.relayed = isRelayed(connection.remoteAddr)
    this.#relay = relayOf(connection.remoteAddr)
    // Not part of libp2p's interface: what the connection runs over, where every arriving byte passes.
    const { maConn } = connection as Connection & { maConn?: Pick<EventTarget, 'addEventListener'> }
    maConn?.addEventListener('message', () => void (this.#heardMs = performance.now()))
    this.device = deviceId(connection.remotePeer.toString())
  }

  get isOpen(): boolean {
    return this.connection.status === 'open'
  }

  /** Whether anything arrived in the last so many milliseconds. */
  heardWithin(ms: number): boolean {
    return performance.now() - this.#heardMs < ms
  }

  /** Whether a call under way, or one that begins, sent something and nothing at all has arrived since. */
  get isUnanswered(): boolean {
    return this.#calls + this.#opening > 0 && this.turns.sentMs > this.#heardMs
  }

  /** Calls under way in either direction. */
  get calls(): number {
    return this.#calls
  }

  /** Streams of the far side on which no call runs. */
  get streamsWithoutCall(): number {
    return Math.max(0, this.#served - this.#calls)
  }

  /** Milliseconds since the last call ended, or since the connection opened; 0 during one. */
  get idleMs(): number {
    return this.#calls > 0 || this.carriesOthers ? 0 : performance.now() - this.#usedMs
  }

  /** What the streams of this connection cost counts here. */
  get account(): StreamAccount | undefined {
    return this.#options.memory
  }

  /** Whether another connection takes new calls: this one finishes those it has and keeps no streams warm. */
  get spare(): boolean {
    return this.#spare
  }

  set spare(spare: boolean) {
    this.#spare = spare
    if (!spare) return
    for (const { stream, timer } of this.#idle) {
      clearTimeout(timer)
      this.#dismiss(stream)
    }
    this.#idle = []
  }

  /** Whether nothing is open on it but what libp2p does by itself: no stream, idle or still being opened, of either side. */
  get isQuiet(): boolean {
    return this.connection.streams.every(({ protocol }) => incidental.has(protocol))
  }

  /** Whether it carries something else than calls, such as the circuits of a relay. */
  get carriesOthers(): boolean {
    return this.connection.streams.some(({ protocol }) => protocol !== '' && protocol !== gateProtocol && !incidental.has(protocol))
  }

  /** Gate streams open, idle ones included. */
  get streams(): number {
    return this.#streams.size
  }

  get openedMs(): number {
    return this.connection.timeline.open
  }

  /** What others may know of it. */
  facts(): MeshConnection {
    const { device, connection, relayed, openedMs, streams, spare } = this
    return {
      device,
      remoteAddress: connection.remoteAddr.toString(),
      direction: connection.direction,
      sinceMs: openedMs,
      relayed,
      ...(this.#relay === undefined ? {} : { relay: this.#relay }),
      ...(connection.rtt === undefined ? {} : { roundTripMs: connection.rtt }),
      best: !spare,
      streams,
    }
  }

  /** A warm stream, exclusively the caller's until given back: the one used last, so that what only a burst needed ends soon after it. */
  takeIdle(): OutboundStream | undefined {
    for (let last = this.#idle.pop(); last; last = this.#idle.pop()) {
      clearTimeout(last.timer)
      if (last.stream.bytes.isIdle) return last.stream
      this.#dismiss(last.stream)
    }
    return undefined
  }

  /** @throws `BUSY` when the connection carries all it may, `CLOSED` when it does not open */
  async open(signal: AbortSignal): Promise<OutboundStream> {
    while (this.#outbound >= limits.gateStreamsPerConnection) {
      // Those that a burst left behind are being closed: their place is free in a round trip.
      if (this.#leaving.size === 0)
        throw new PorchlightError('BUSY', `${this.#outbound} calls to one device at once, limit ${limits.gateStreamsPerConnection}`)
      await this.#oneLeft(signal)
    }
    this.#outbound++
    this.#opening++
    this.turns.sent(performance.now())
    let stream: Stream
    try {
      stream = await this.connection.newStream(gateProtocol, {
        signal,
        runOnLimitedConnection: true,
        maxOutboundStreams: limits.gateStreamsPerConnection,
      })
    } catch (cause) {
      this.#outbound--
      signal.throwIfAborted()
      // A muxer that has said goodbye leaves its socket open for a moment; nobody should try it again.
      if (cause instanceof Error && /^(ConnectionClosed|MuxerClosed)Error$/.test(cause.name)) this.connection.abort(cause)
      throw new PorchlightError('CLOSED', 'no stream to the device opens', { cause })
    } finally {
      this.#opening--
    }
    const opened = this.#adopt(stream, () => this.#outbound--)
    return opened
  }

  /** Ends the exclusive use of a stream. @param reusable whether its last call ended cleanly on both sides */
  giveBack(stream: OutboundStream, reusable: boolean): void {
    if (!reusable || !stream.bytes.isIdle || this.#spare) return this.#dismiss(stream)
    const isKept = this.#idle.length < limits.idleStreamsPerPeer
    const timer = setTimeout(
      () => {
        this.#idle = this.#idle.filter((each) => each.stream !== stream)
        this.#dismiss(stream)
      },
      isKept ? idleMs : limits.burstStreamMs,
    )
    timer.unref()
    this.#idle.push({ stream, timer })
  }

  /** Counts a call that we opened. @returns to be called once when it has ended */
  begin(): () => void {
    this.#calls++
    return () => {
      this.#calls--
      this.#usedMs = performance.now()
    }
  }

  /** Serves the calls of one inbound stream until it ends. Never rejects: what a peer sends must not reach libp2p as an exception. */
  async serve(stream: Stream, { gate, answerAfter }: Answering): Promise<void> {
    this.#served++
    const { frames } = this.#adopt(stream, () => this.#served--)
    await answerAfter
    await serveCalls(frames, this.device, (call) => this.#counted(gate(call)))
  }

  /** Ends all gate streams at once; both sides see `CLOSED`. */
  abortStreams(error: PorchlightError): void {
    for (const { timer } of this.#idle) clearTimeout(timer)
    this.#idle = []
    for (const frames of this.#streams) frames.abort(error)
  }

  /** Closes the connection politely, or else by force. Never rejects. */
  async close(): Promise<void> {
    this.abortStreams(new PorchlightError('CLOSED', 'connection is being closed'))
    try {
      await this.connection.close({ signal: AbortSignal.timeout(limits.closeConnectionMs) })
    } catch {
      this.connection.abort(new Error('connection did not close in time'))
    }
  }

  #adopt(stream: Stream, onClosed: () => void): OutboundStream {
    const { memory, isKept } = this.#options
    const bytes = new MuxedByteStream(stream, this.turns, memory)
    const frames = new FrameStream(bytes)
    const device = this.device
    const forget = memory?.add({
      get heldBytes() {
        return bytes.heldBytes + frames.partialBytes
      },
      get movedMs() {
        return bytes.movedMs
      },
      get isKept() {
        return isKept?.(device) === true
      },
      abort: (error) => frames.abort(error),
    })
    const closed = (): void => {
      forget?.()
      this.#streams.delete(frames)
      this.#leaving.delete(frames)
      onClosed()
      this.#left?.resolve()
      this.#left = undefined
    }
    if (stream.status !== 'open') closed()
    else {
      this.#streams.add(frames)
      stream.addEventListener('close', closed, { once: true })
    }
    return { bytes, frames }
  }

  #counted(verdict: Verdict): Verdict {
    if (!verdict.allow) return verdict
    const end = this.begin()
    return {
      allow: true,
      household: verdict.household,
      scopes: verdict.scopes,
      signal: verdict.signal,
      handler: verdict.handler,
      charge: (sent, received) => verdict.charge?.(sent, received),
      done: () => {
        end()
        verdict.done()
      },
    }
  }

  /** Resolves when a stream has closed. @throws the reason of `signal` */
  async #oneLeft(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    const gaveUp = Promise.withResolvers<never>()
    const onAbort = (): void => gaveUp.reject(signal.reason as Error)
    signal.addEventListener('abort', onAbort, { once: true })
    try {
      this.#left ??= Promise.withResolvers()
      await Promise.race([this.#left.promise, gaveUp.promise])
    } finally {
      signal.removeEventListener('abort', onAbort)
    }
  }

  /** Half-closes, which the far side answers with its own close; one that does not is reset. */
  #dismiss({ bytes, frames }: OutboundStream): void {
    if (!this.#streams.has(frames)) return
    if (!bytes.isIdle) return frames.abort(new PorchlightError('CLOSED', 'stream is of no further use'))
    const timer = setTimeout(
      () => frames.abort(new PorchlightError('TIMEOUT', 'stream was not closed by the far side')),
      limits.negotiationMs,
    )
    timer.unref()
    this.#leaving.add(frames)
    bytes.closeWrite().catch(() => {})
  }
}
