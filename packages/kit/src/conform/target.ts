import type { ErrorCode } from '@porchlight/core'
import type { ByteStream } from '@porchlight/wire'

export type Role = 'stranger' | 'contact'

/** One call as the runner makes it. */
export interface TargetCall {
  readonly protocol: string
  readonly method: string
  readonly kind: 'query' | 'procedure' | 'subscription' | 'stream'
  readonly location: string
  readonly payload: Uint8Array
  /** Of a stream: what follows the first message. */
  readonly messages: readonly Uint8Array[]
  readonly deadlineMs?: number | undefined
}

/** What became of a call. `CLOSED` and `TIMEOUT` are the runner's own when no answer came. */
export interface Answer {
  readonly code: 'OK' | ErrorCode
  readonly reason?: string | undefined
  readonly payload: Uint8Array
  readonly messages: readonly Uint8Array[]
  readonly tookMs: number
}

/** A call that the runner's device may make at a target: what cases mean that name none. */
export interface KnownCall {
  readonly protocol: string
  readonly method: string
  readonly location: string
  /** Hexadecimal. */
  readonly payload: string
}

/** An implementation under test. Everything is asked of it from outside. */
export interface Target extends AsyncDisposable {
  /** For the report. */
  readonly name: string
  readonly roles: ReadonlySet<Role>
  /** How long the runner waits for an answer; default `limits.conformAnswerMs`. */
  readonly answerMs?: number
  /** One unary call that is allowed to a contact. */
  readonly known?: KnownCall
  /** A protocol with `unary`, which answers its payload, and `stream`, which sends every message back and closes with an empty one. */
  readonly echo?: { readonly protocol: string; readonly location: string }
  call(role: Role, call: TargetCall): Promise<Answer>
  /** A fresh stream of the gate; a target that is reached another way has none. */
  open?(role: Role): Promise<ByteStream>
  /** What identify tells. */
  protocols?(): Promise<readonly string[]>
  /** Takes back what allowed the calls that run, and lets calls begin again afterwards. */
  revoke?(): Promise<void>
}
