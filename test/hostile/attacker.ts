import type { Connection, Libp2p, PrivateKey, Stream } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import { message, openFrame, strangerNode, type Field } from '../stranger/stranger.ts'

const gateProtocol = '/porchlight/gate/1'

/** A program of the attacker's own: stock libp2p and frames written by hand, as any device it has the key of. */
export class Attacker implements AsyncDisposable {
  readonly #node: Libp2p
  readonly #connection: Connection

  private constructor(node: Libp2p, connection: Connection) {
    this.#node = node
    this.#connection = connection
  }

  /** @param key  whose device to be; default nobody's */
  static async dial(address: string, key?: PrivateKey): Promise<Attacker> {
    const node = await strangerNode(key)
    try {
      return new Attacker(node, await node.dial(multiaddr(address)))
    } catch (error) {
      await node.stop()
      throw error
    }
  }

  get isConnected(): boolean {
    return this.#connection.status === 'open'
  }

  stream(): Promise<Stream> {
    return this.#connection.newStream(gateProtocol, { maxOutboundStreams: 1000 })
  }

  /** One call: sends the frame and reads the first frame that comes back. @returns its bytes as hexadecimal text, or `closed` */
  async call(call: Parameters<typeof openFrame>[0]): Promise<string> {
    return this.send(openFrame(call))
  }

  /** As `call`, with any bytes. */
  async send(frame: Uint8Array): Promise<string> {
    const stream = await this.stream()
    const received: number[] = []
    const answered = new Promise<void>((resolve) => {
      stream.addEventListener('message', (event) => {
        received.push(...event.data.subarray())
        if (received.length > received[0]!) resolve()
      })
      stream.addEventListener('close', () => resolve())
      stream.addEventListener('remoteCloseWrite', () => resolve())
    })
    try {
      for (let at = 0; at < frame.byteLength; at += 65_536) stream.send(frame.subarray(at, at + 65_536))
    } catch {
      return 'closed'
    }
    await answered
    stream.abort(new Error('done'))
    return received.length === 0 ? 'closed' : Buffer.from(received).toString('hex')
  }

  /** Sends one message of consent/1, whose fields are envelopes. */
  tell(method: 'offer' | 'ask' | 'receipt' | 'revoked' | 'renounced', ...envelopes: Uint8Array[]): Promise<string> {
    const fields = envelopes.map((bytes, at): Field => [at + 1, bytes])
    return this.call({ protocol: '/porchlight/consent/1', method, payload: message(...fields) })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#node.stop()
  }
}

/** `End{code: DENIED}`: what every refusal looks like. */
export const refused = '041a020801'
/** `End{code: OK}` with nothing in it: what consent/1 answers to whatever it was sent. */
export const noted = '021a00'
