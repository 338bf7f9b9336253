import { defineProtocol, type Codec } from '@porchlight/core'
import { boundedChain, chainBounds, writtenChain, type ChainBytes } from './chain-message.ts'
import { household as messages } from './generated/household.ts'

const present: Codec<{ own: ChainBytes; yours: ChainBytes }> = {
  encode: ({ own, yours }) => messages.Present.encode({ own: writtenChain(own), yours: writtenChain(yours) }),
  decode: (bytes) => {
    const { own, yours } = messages.Present.decode(bytes, { limits: { own: chainBounds, yours: chainBounds } })
    return { own: boundedChain(own), yours: boundedChain(yours) }
  },
}

/** No chain at all has zero bytes. */
const presented: Codec<{ own: ChainBytes | undefined }> = {
  encode: ({ own }) => (own ? messages.Presented.encode({ own: writtenChain(own) }) : new Uint8Array()),
  decode: (bytes) => {
    const { own } = messages.Presented.decode(bytes, { limits: { own: chainBounds } })
    return { own: own ? boundedChain(own) : undefined }
  },
}

/**
 * `/porchlight/household/1`: whose device this is. Anyone may present; what comes back depends on who it is. What the
 * devices of one household say to each other is a protocol of its own, `siblingsProtocol`.
 *
 * @see protocols/household/SPEC.md
 */
export const householdProtocol = defineProtocol({
  id: '/porchlight/household/1',
  door: 'anyone',
  methods: {
    present: { kind: 'procedure', scope: null, input: present, output: presented },
  },
})
