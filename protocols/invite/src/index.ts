// the protocol
export { inviteProtocol } from './definition.ts'
export { manifest as inviteManifest } from './generated/manifest.ts'
export { inviteIdOf, isProof, proofOf } from './proofs.ts'
export type { Parties, Role } from './proofs.ts'
// both sides
export { acceptInvite } from './accept-invite.ts'
export type { Acceptance } from './accept-invite.ts'
export { serveInvites } from './serve-invites.ts'
export type { InviteHost } from './serve-invites.ts'
export type { Introduction, OpenDocument } from './introduction.ts'
