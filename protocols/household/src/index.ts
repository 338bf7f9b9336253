// the protocol
export { householdProtocol } from './definition.ts'
export type { Said } from './definition.ts'
export type { ChainBytes, Shown } from './chain-message.ts'
export { manifest as householdManifest } from './generated/manifest.ts'
// both sides of presenting
export { present, servePresent } from './present.ts'
export type { PresentHost } from './present.ts'
// between siblings
export { siblingsProtocol } from './siblings-definition.ts'
export type { Cursor, FactsPage, FactsRequest, Heard, LogPlace, SentFact, SentUsage } from './facts-messages.ts'
// joining
export type { JoinAnswer, JoinRequest } from './join-messages.ts'
export { isJoinProof, joinIdOf, joinProof } from './join-proofs.ts'
export type { JoinParties } from './join-proofs.ts'
