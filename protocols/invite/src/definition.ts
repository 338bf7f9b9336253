import { defineProtocol, limits } from '@porchlight/core'
import { invite } from './generated/invite.ts'

const bounds = {
  limits: { addresses: limits.addressesPerHousehold, laterDocuments: limits.inviteLaterObjects, suspensions: limits.inviteLaterObjects },
}
const askBounds = { limits: { laterDocuments: limits.inviteLaterObjects, suspensions: limits.inviteLaterObjects } }

/**
 * `/porchlight/invite/1`: pairs two households that do not know each other yet, or lets one ask the other for something first. Anyone may
 * knock; the secret of an invite is the right to.
 *
 * @see protocols/invite/SPEC.md
 */
export const inviteProtocol = defineProtocol({
  id: '/porchlight/invite/1',
  door: 'anyone',
  methods: {
    accept: {
      kind: 'procedure',
      scope: null,
      input: { encode: invite.AcceptRequest.encode, decode: (bytes: Uint8Array) => invite.AcceptRequest.decode(bytes, bounds) },
      output: { encode: invite.AcceptResponse.encode, decode: (bytes: Uint8Array) => invite.AcceptResponse.decode(bytes, bounds) },
    },
    ask: {
      kind: 'procedure',
      scope: null,
      input: { encode: invite.AskRequest.encode, decode: (bytes: Uint8Array) => invite.AskRequest.decode(bytes, askBounds) },
      output: { encode: invite.AskResponse.encode, decode: (bytes: Uint8Array) => invite.AskResponse.decode(bytes) },
    },
  },
})
