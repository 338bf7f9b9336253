import { defineProtocol, type Codec } from '@porchlight/core'
import { boundedChain, boundedNotes, chainBounds, mostCheckpoints, writtenChain, type ChainBytes } from './chain-message.ts'
import { household as messages } from './generated/household.ts'

/** What a caller says: who it is, what it knows of the receiver's household, and checkpoints of both. */
export interface Said {
  readonly own: ChainBytes
  readonly yours: ChainBytes
  readonly checkpoints: readonly Uint8Array[]
}

const present: Codec<Said> = {
  encode: ({ own, yours, checkpoints = [] }) =>
    messages.Present.encode({ own: writtenChain(own), yours: writtenChain(yours), checkpoints: [...checkpoints] }),
  decode: (bytes) => {
    const most = { own: chainBounds, yours: chainBounds, checkpoints: mostCheckpoints }
    const { own, yours, checkpoints } = messages.Present.decode(bytes, { limits: most })
    return { own: boundedChain(own), yours: boundedChain(yours), checkpoints: boundedNotes(checkpoints) }
  },
}

/** No chain at all has zero bytes. */
const presented: Codec<{ own: ChainBytes | undefined; checkpoints: readonly Uint8Array[] }> = {
  encode: ({ own, checkpoints = [] }) =>
    own ? messages.Presented.encode({ own: writtenChain(own), checkpoints: [...checkpoints] }) : new Uint8Array(),
  decode: (bytes) => {
    const { own, checkpoints } = messages.Presented.decode(bytes, { limits: { own: chainBounds, checkpoints: mostCheckpoints } })
    return { own: own ? boundedChain(own) : undefined, checkpoints: boundedNotes(checkpoints) }
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
