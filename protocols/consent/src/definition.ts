import { defineProtocol, limits, PorchlightError, type Codec } from '@porchlight/core'
import { consent as messages } from './generated/consent.ts'

/** Longest envelope around an object and around a manifest. */
const objectBytes = limits.objectLimitBytes + limits.envelopeOverheadBytes
const manifestBytes = limits.manifestLimitBytes + limits.envelopeOverheadBytes

/** A codec that refuses a message without the envelope it is for, and an envelope longer than its type may be, before anybody opens it. */
function bounded<T extends object>(codec: Codec<T>, required: keyof T): Codec<T> {
  const check = (message: T): void => {
    for (const [field, envelope] of Object.entries(message) as [string, Uint8Array][]) {
      const limit = field === 'manifest' ? manifestBytes : objectBytes
      if (envelope.byteLength > limit) throw new PorchlightError('TOO_LARGE', `${field} of ${envelope.byteLength} bytes, limit ${limit}`)
      if (field === required && envelope.byteLength === 0) throw new PorchlightError('BAD_REQUEST', `message without ${field}`)
    }
  }
  return {
    encode: (message) => codec.encode(message),
    decode: (bytes) => {
      const message = codec.decode(bytes)
      check(message)
      return message
    },
  }
}

const procedure = <T extends object>(input: Codec<T>) => ({ kind: 'procedure', scope: null, input, output: messages.Noted }) as const

/**
 * `/porchlight/consent/1`: carries signed objects between contacts. Each procedure takes one envelope, opaque to this layer, and answers
 * the same empty message whatever became of it. The query brings back what the asker itself once signed and may have lost.
 *
 * @see protocols/consent/SPEC.md
 */
export const consentProtocol = defineProtocol({
  id: '/porchlight/consent/1',
  door: 'contact',
  methods: {
    offer: procedure(bounded(messages.Offer, 'grant')),
    ask: procedure(bounded(messages.Ask, 'ask')),
    receipt: procedure(bounded(messages.Receipt, 'receipt')),
    revoked: procedure(bounded(messages.Revoked, 'revoke')),
    renounced: procedure(bounded(messages.Renounced, 'renounce')),
    remember: { kind: 'query', scope: null, input: messages.Remember, output: messages.Remembered },
  },
})
