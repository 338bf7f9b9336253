import { limits, PorchlightError } from '@porchlight/core'
import type { RawData, WebSocket } from 'ws'

/** What the two ends of a call tell each other beside its messages, as JSON in a text message. */
export interface Control {
  /** This side has no more messages; from the answering side: the call ended well. */
  readonly end?: true
  /** The next message is the closing one. */
  readonly closing?: true
  /** The call ended with this. */
  readonly code?: string
  readonly reason?: string
  readonly message?: string
}

export type Incoming = { readonly message: Uint8Array } | { readonly control: Control }

/** A failure as it is told in a control message. */
export const failureOf = ({ code, reason, message }: PorchlightError): Control => ({
  code,
  ...(reason === undefined ? {} : { reason }),
  message,
})

/** One call over a WebSocket: binary messages are those of the call, text messages are `Control`. Whoever lags makes the other side wait. */
export class MessageSocket {
  /** Resolves when the socket has closed, whoever did it. */
  readonly closed: Promise<void>
  readonly #socket: WebSocket
  readonly #waiting: { readonly incoming: Incoming; readonly bytes: number }[] = []
  #waitingBytes = 0
  #wake: (() => void) | undefined
  #fault: PorchlightError | undefined
  #isOver = false
  #isClosing = false

  /** @param socket  open already */
  constructor(socket: WebSocket) {
    this.#socket = socket
    const { promise, resolve } = Promise.withResolvers<void>()
    this.closed = promise
    socket.on('message', (data: RawData, isBinary: boolean) => this.#take(data as Buffer, isBinary))
    socket.on('close', () => {
      this.#isOver = true
      this.#wake?.()
      resolve()
    })
    // Every error of a WebSocket is followed by its end; of one that we caused, such as a message that is too long, the caller is told.
    socket.on('error', (error) => {
      if ((error as { code?: string }).code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH')
        this.#fault ??= new PorchlightError('TOO_LARGE', `message of more than ${limits.payloadLimitBytes} bytes`)
    })
  }

  /** What arrives next; `undefined` when the socket has closed. @throws `BAD_REQUEST` for a text that is no control message, `TOO_LARGE` */
  async next(): Promise<Incoming | undefined> {
    while (this.#waiting.length === 0) {
      if (this.#fault) throw this.#fault
      if (this.#isOver) return undefined
      await new Promise<void>((resolve) => (this.#wake = resolve))
    }
    const { incoming, bytes } = this.#waiting.shift()!
    this.#waitingBytes -= bytes
    if (this.#waiting.length === 0 && !this.#isOver) this.#socket.resume()
    return incoming
  }

  /** Sends a message of the call; resolves when there is room for more. @throws `CLOSED` */
  async send(message: Uint8Array): Promise<void> {
    await this.#write(message, true)
  }

  async control(control: Control): Promise<void> {
    await this.#write(JSON.stringify(control), false)
  }

  /** Ends the socket once what was sent is out. What still arrives is dropped, for behind it is the far side's own goodbye. */
  close(): void {
    this.#isClosing = true
    this.#waiting.length = 0
    this.#socket.close(1000)
    this.#socket.resume()
  }

  /** Ends it at once. */
  destroy(): void {
    this.#socket.terminate()
  }

  async #write(data: Uint8Array | string, binary: boolean): Promise<void> {
    if (this.#isOver || this.#socket.readyState !== this.#socket.OPEN) throw closed()
    if (this.#socket.bufferedAmount < limits.appSocketBytes) {
      this.#socket.send(data, { binary })
      return
    }
    await new Promise<void>((resolve, reject) => this.#socket.send(data, { binary }, (error) => (error ? reject(closed()) : resolve())))
  }

  #take(data: Buffer, isBinary: boolean): void {
    if (this.#isClosing) return
    const incoming = isBinary ? { message: data } : this.#control(data)
    if (incoming) {
      this.#waiting.push({ incoming, bytes: data.byteLength })
      this.#waitingBytes += data.byteLength
    }
    // What one chunk of the connection held is here by now, however many messages that is.
    if (this.#waitingBytes > limits.dataChunkBytes || this.#waiting.length > 64) this.#socket.pause()
    this.#wake?.()
  }

  #control(data: Buffer): Incoming | undefined {
    try {
      const control: unknown = JSON.parse(data.toString())
      if (typeof control === 'object' && control !== null && !Array.isArray(control)) return { control: sound(control) }
    } catch {
      // Told below.
    }
    this.#fault ??= new PorchlightError('BAD_REQUEST', 'a text message on a call is one JSON object', { reason: 'not-valid' })
    return undefined
  }
}

const closed = (): PorchlightError => new PorchlightError('CLOSED', 'the WebSocket has closed')

function sound(control: object): Control {
  const { end, closing, code, reason, message } = control as Record<string, unknown>
  return {
    ...(end === true && { end }),
    ...(closing === true && { closing }),
    ...(typeof code === 'string' && { code }),
    ...(typeof reason === 'string' && { reason }),
    ...(typeof message === 'string' && { message }),
  }
}
