// what two households sign
export { manifestType } from './manifest.ts'
export { askType, grantType, receiptType } from './agreement.ts'
export type { AskBody, GrantBody, GrantScope, ReceiptBody } from './agreement.ts'
export { renounceType, revokeType } from './ending.ts'
export type { RenounceBody, RevokeBody } from './ending.ts'
// what stays in one household
export { blockType, contactType, denyType, eraseType, givenType, pauseType, resumeType, unblockType } from './household-only.ts'
export type { BlockBody, ContactBody, DenyBody, GivenBody, PauseBody, ResumeBody, UnblockBody } from './household-only.ts'
export { auditType } from './audit-entry.ts'
export type { AuditBody } from './audit-entry.ts'
// parts
export { limitNames } from './limit-set.ts'
