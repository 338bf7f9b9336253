import type { Libp2p, StreamHandler } from '@libp2p/interface'
import { limits } from '@porchlight/core'

/** The one protocol id of ours that identify shows to strangers. App protocols are named inside its encrypted frames. */
export const gateProtocol = '/porchlight/gate/1'

/** Serves every gate stream that opens, on relayed connections too. */
export const handleGate = (libp2p: Pick<Libp2p, 'handle'>, serve: StreamHandler): Promise<void> =>
  libp2p.handle(gateProtocol, serve, {
    maxInboundStreams: limits.gateStreamsPerConnection,
    maxOutboundStreams: limits.gateStreamsPerConnection,
    runOnLimitedConnection: true,
  })
