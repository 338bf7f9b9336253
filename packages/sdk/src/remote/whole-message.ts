import type { IncomingMessage } from 'node:http'
import { PorchlightError } from '@porchlight/core'
import { joined } from './joined.ts'

/**
 * All of the body of an HTTP message that nobody has read from, by its events: iterating over a stream costs more than a small body itself.
 *
 * @throws `TOO_LARGE`, and what follows is dropped as it comes, until the caller destroys the message or answers it; or what the message ended with
 */
export function wholeMessage(message: IncomingMessage, limitBytes: number): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let total = 0
    message.on('data', (chunk: Buffer) => {
      total += chunk.byteLength
      if (total <= limitBytes) return void chunks.push(chunk)
      chunks.length = 0
      reject(new PorchlightError('TOO_LARGE', `a body of more than ${limitBytes} bytes`))
    })
    message.once('end', () => {
      if (total <= limitBytes) resolve(joined(chunks, total))
    })
    message.once('error', reject)
    const gone = (): void => reject(message.errored ?? new Error('it was cut off'))
    if (message.destroyed) gone()
    else message.once('close', gone)
  })
}
