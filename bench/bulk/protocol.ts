import { noise } from '@chainsafe/libp2p-noise'
import { yamux } from '@chainsafe/libp2p-yamux'
import { tcp } from '@libp2p/tcp'
import { limits } from '@porchlight/core'
import { defineProtocol, json, nothing, stream } from '@porchlight/sdk'
import { createLibp2p } from 'libp2p'

/** What every way sends, again and again. */
export const chunk = new Uint8Array(limits.dataChunkBytes).fill(7)

/** The protocol of an app that moves bulk. */
export const bulk = defineProtocol({
  id: '/example/bulk/1',
  publisher: 'bench',
  consent: {
    en: {
      title: 'Moving bytes',
      what: '{contact} can send and take bytes that mean nothing.',
      why: 'To measure.',
      who: '{contact} alone.',
      keep: 'Unknown.',
      onward: 'Unknown.',
      risk: 'None known.',
      cannotUndo: 'Time and heat.',
      ifRefused: 'Nothing is measured.',
      withdraw: 'You can stop it any time.',
    },
  },
  scopes: { move: { say: { en: 'Send and take bytes.' }, direction: 'both', required: true } },
  methods: {
    put: stream({ scope: 'move', input: nothing }),
    get: stream({ scope: 'move', input: json<number>() }),
  },
})
export const room = 'main'

/** The same two moves over the gate alone, and over libp2p alone. */
export const gateProtocol = '/bench/gate/1'
export const rawPut = '/bench/raw-put/1'
export const rawGet = '/bench/raw-get/1'

/** libp2p as the mesh sets it up, as far as speed goes, and nothing else. */
export const rawNode = (listen: string[]) =>
  createLibp2p({
    addresses: { listen },
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [
      yamux({ streamOptions: { maxStreamWindowSize: limits.streamWindowBytes, maxReadBufferLength: limits.readBufferBytes } }),
    ],
    connectionMonitor: { enabled: false },
  })
