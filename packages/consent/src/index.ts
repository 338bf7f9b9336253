// the engine
export { Consent } from './consent.ts'
export type { AdmitInput, Admitted, ApproveInput, AskInput, ConsentOptions, OfferInput, Refused, Shown, SignedKind } from './inputs.ts'
export type { ConsentEvent } from './events.ts'
export type { AskView, GrantView, HeldView, LogEntry, OwnAskView, SessionView } from './views.ts'
export { realTimer } from './timer.ts'
export type { Timer } from './timer.ts'
// decisions and states
export { decide, denials } from './decide.ts'
export type { DecideCall, DecidingGrant, Decision, Denial } from './decide.ts'
export { grantEvents, grantStates, grantTransitions, nextGrantState } from './grant-states.ts'
export type { GrantEvent, GrantState } from './grant-states.ts'
export { askEvents, askStates, askTransitions, nextAskState } from './ask-states.ts'
export type { AskEvent, AskState, OwnAskState } from './ask-states.ts'
export { heldEvents, heldStates, heldTransitions, nextHeldState } from './held-states.ts'
export type { HeldEvent, HeldState } from './held-states.ts'
export { scopesWithin } from './scope-subset.ts'
// signed objects
export { askType, auditType, grantType, manifestType, receiptType, renounceType, revokeType } from './objects.ts'
export type { AskBody, AuditBody, GrantBody, GrantScope, ReceiptBody, RenounceBody, RevokeBody } from './objects.ts'
// what people read
export { checkManifest, gateRules, tickedScopes } from './manifest-check.ts'
export { cardHash, renderCard } from './card.ts'
export type { Card, CardInput, CardLine } from './card.ts'
// the log
export { verifyAudit } from './audit.ts'
export type { AuditFault, AuditVerdict } from './audit.ts'
// what survives
export { ledgerTables } from './ledger.ts'
export type {
  AskRecord,
  AuditHead,
  AuditRecord,
  Change,
  CooldownRecord,
  EarlyRevocation,
  GrantRecord,
  HeldRecord,
  Ledger,
  LedgerSnapshot,
  LedgerTable,
  LedgerTables,
  ManifestRecord,
  OutboxEntry,
  OwnAskRecord,
  Transition,
} from './ledger.ts'
