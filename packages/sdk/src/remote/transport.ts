import type { CallSocket } from './call-socket.ts'

export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** With its query, percent-encoded. */
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Uint8Array
  readonly signal?: AbortSignal | undefined
  /** Reads only: may be sent again when a kept connection turns out to be dead. */
  readonly repeatable?: boolean
}

export interface ApiAnswer {
  readonly status: number
  /** As it arrives; iterate once or not at all. @throws `CLOSED` when it is cut off */
  readonly body: AsyncIterable<Uint8Array>
  /** All of it in memory, instead of `body`. @throws as `body`, and `TOO_LARGE` for more than so many bytes */
  whole(limitBytes: number): Promise<Uint8Array>
}

/** A way to the local API of a daemon. */
export interface Transport {
  /** @throws `UNREACHABLE` with reason `no-daemon` when nothing was sent; `CLOSED` when the connection ended before the answer */
  send(request: ApiRequest): Promise<ApiAnswer>
  /** Opens a call as a WebSocket. @throws as `send`, and what the daemon answered instead */
  open(path: string, signal?: AbortSignal): Promise<CallSocket>
  close(): void
}
