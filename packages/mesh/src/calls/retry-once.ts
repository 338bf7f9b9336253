import { isPorchlightError } from '@porchlight/core'
import type { ClientCall } from '@porchlight/wire'

/** A call and what tells whether its answer has begun. */
export interface Attempt extends ClientCall {
  hasReply(): boolean
}

/**
 * A call that is opened again, once, when its stream proves dead before the first byte of an answer. Only for calls that change nothing:
 * the far side may have run the first one.
 *
 * @param first  under way
 * @param again  opens the same call on a fresh stream
 */
export function retryOnce(first: Attempt, again: () => Promise<ClientCall>): ClientCall {
  let second: Promise<ClientCall> | undefined
  let givenUp = false
  const retried = (error: unknown): Promise<ClientCall> => {
    if (givenUp || first.hasReply() || !isPorchlightError(error) || error.code !== 'CLOSED') throw error
    second ??= again()
    return second
  }
  async function* messages(): AsyncGenerator<Uint8Array> {
    try {
      yield* first.messages
      return
    } catch (error) {
      yield* (await retried(error)).messages
    }
  }
  return {
    messages: messages(),
    send: (message) => first.send(message),
    end: () => first.end(),
    result: async () => {
      try {
        return await first.result()
      } catch (error) {
        return await (await retried(error)).result()
      }
    },
    abort: (error) => {
      givenUp = true
      first.abort(error)
      second?.then((call) => call.abort(error)).catch(() => {})
    },
    ended: (async () => {
      await first.ended
      // The reader of a dead first call begins the second one only after `ended` of the first.
      await new Promise((resolve) => void setImmediate(resolve))
      await second?.then((call) => call.ended).catch(() => {})
    })(),
  }
}
