// the protocol
export { inviteProtocol } from './definition.ts'
export { manifest as inviteManifest } from './generated/manifest.ts'
export { askProofOf, inviteIdOf, isAskProof, isProof, proofOf } from './proofs.ts'
export type { Parties, Role } from './proofs.ts'
// both sides
export { acceptInvite } from './accept-invite.ts'
export type { Acceptance } from './accept-invite.ts'
export { askByInvite } from './ask-by-invite.ts'
export type { InvitedAsk } from './ask-by-invite.ts'
export { serveInvites } from './serve-invites.ts'
export type { InviteHost } from './serve-invites.ts'
export type { Asker, AskHost } from './serve-asks.ts'
export type { Introduction, OpenDocument } from './introduction.ts'
