import { defineProtocol } from '@porchlight/core'
import { share as messages } from './generated/share.ts'

/**
 * `/porchlight/share/1`: one HTTP/1.1 connection to a service of the other household per `http` call. The call's location is the service
 * name; its messages, both ways, are the raw bytes of the connection, cut anywhere.
 *
 * @see protocols/share/SPEC.md
 */
export const share = defineProtocol({
  id: '/porchlight/share/1',
  door: 'grant',
  methods: { http: { kind: 'stream', scope: 'read', input: messages.Http, output: messages.HttpEnd } },
})
