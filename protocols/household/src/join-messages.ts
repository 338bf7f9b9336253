import type { Codec } from '@porchlight/core'
import { boundedChain, chainBounds, writtenChain, type ChainBytes } from './chain-message.ts'
import { household as messages } from './generated/household.ts'

export interface JoinRequest {
  /** 8 bytes. */
  readonly inviteId: Uint8Array
  /** 32 bytes. */
  readonly proof: Uint8Array
}

export interface JoinAnswer {
  readonly proof: Uint8Array
  readonly own: ChainBytes
  readonly name: string
  readonly backupRecipient: string | undefined
}

const none = new Uint8Array()

export const joinRequest: Codec<JoinRequest> = {
  encode: ({ inviteId = none, proof = none }) => messages.JoinRequest.encode({ inviteId, proof }),
  decode: (bytes) => messages.JoinRequest.decode(bytes),
}

export const joinAnswer: Codec<JoinAnswer> = {
  encode: ({ proof = none, own, name = '', backupRecipient = '' }) =>
    messages.JoinAnswer.encode({ proof, own: writtenChain(own), name, backupRecipient }),
  decode: (bytes) => {
    const { proof, own, name, backupRecipient } = messages.JoinAnswer.decode(bytes, { limits: { own: chainBounds } })
    return { proof, own: boundedChain(own), name, backupRecipient: backupRecipient === '' ? undefined : backupRecipient }
  },
}
