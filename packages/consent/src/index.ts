// the engine
export { Consent } from './consent.ts'
export { askOrigins } from './inputs.ts'
export type {
  AdmitInput,
  Admitted,
  ApproveInput,
  AskInput,
  AskOrigin,
  AskOrigins,
  AskStranger,
  ConsentOptions,
  CounterInput,
  OfferInput,
  Refused,
  ResumeInput,
  Shown,
  SignedKind,
} from './inputs.ts'
export type { ChangedText } from './owner/texts.ts'
export type { ConsentEvent } from './events.ts'
export type { DigestView, Waiting } from './digest.ts'
export type { AskView, BlockView, CounterView, Erasure, GrantView, HeldView, LogEntry, OwnAskView, SessionView } from './views.ts'
export { realTimer } from './ledger/timer.ts'
export type { Timer } from './ledger/timer.ts'
// decisions and states
export { decide, denials, limitDenials } from './decide/decide.ts'
export type { DecideCall, Decision, Denial, LimitCheck, LimitDenial } from './decide/decide.ts'
export type { LimitUse } from './owner/metering.ts'
export type { ServingDevices } from './owner/budget.ts'
export { indexGrants } from './decide/grant-index.ts'
export type { DecidingGrant, GrantIndex } from './decide/grant-index.ts'
export { grantEvents, grantStates, grantTransitions, nextGrantState } from './states/grant-states.ts'
export type { GrantEvent, GrantState } from './states/grant-states.ts'
export { grantCauses, haltCauses } from './states/causes.ts'
export type { Cause, GrantCause, HaltCause } from './states/causes.ts'
export {
  askEvents,
  askStates,
  askTransitions,
  nextAskState,
  nextOwnAskState,
  ownAskEvents,
  ownAskStates,
  ownAskTransitions,
} from './states/ask-states.ts'
export type { AskEvent, AskState, OwnAskEvent, OwnAskState } from './states/ask-states.ts'
export { heldEvents, heldStates, heldTransitions, nextHeldState } from './states/held-states.ts'
export type { HeldEvent, HeldState } from './states/held-states.ts'
export { limitsWithin, scopesWithin, tightest } from './objects/scope-subset.ts'
export { meterGroups } from './objects/meter-groups.ts'
export { limitSet } from './objects/limit-set.ts'
export { explain } from './decide/explain.ts'
export type { ExplainedCall, ExplainedGrant, Explanation, GrantRuling, Standing } from './decide/explain.ts'
export { narrows } from './objects/narrowing.ts'
// signed objects
export {
  askType,
  auditType,
  blockType,
  contactType,
  denyType,
  eraseType,
  givenType,
  grantType,
  limitNames,
  manifestType,
  pauseType,
  receiptType,
  renounceType,
  resumeType,
  revokeType,
  unblockType,
} from './objects/index.ts'
export type {
  AskBody,
  AuditBody,
  BlockBody,
  ContactBody,
  DenyBody,
  GivenBody,
  GrantBody,
  GrantScope,
  PauseBody,
  ReceiptBody,
  RenounceBody,
  ResumeBody,
  RevokeBody,
  UnblockBody,
} from './objects/index.ts'
// what people read
export { enforcedBy, gateRules } from './objects/enforced.ts'
export { checkManifest, manifestFaults, tickedScopes } from './objects/manifest-check.ts'
export type { ManifestFault } from './objects/manifest-check.ts'
export { manifestText } from './card/manifest-text.ts'
export { cardHash, renderCard, withoutQuotes } from './card/card.ts'
export { limitsText, limitWords } from './card/limit-words.ts'
export type { Card, CardInput, CardLine } from './card/card.ts'
// devices of one household
export { factTypes } from './sync/fact-types.ts'
export type { ContactWords, Learned, Siblings } from './sync/siblings.ts'
export type { FactCursor, FactPage } from './sync/fact-list.ts'
export type { LogPlace } from './sync/log-place.ts'
// what whoever writes a protocol checks
export { checkProtocol, protocolFiles } from './authoring/protocol-folder.ts'
export type { CheckedProtocol, ProtocolFault } from './authoring/protocol-folder.ts'
export type { ProtocolFile } from './authoring/protocol-file.ts'
// the log
export { verifyAudit } from './log/audit.ts'
export type { AuditFault, AuditVerdict, KnownSize } from './log/audit.ts'
export { openCheckpoint, sealCheckpoint } from './log/checkpoint.ts'
export type { Checkpoint } from './log/checkpoint.ts'
export type { Erased, EraseInput } from './log/erasing.ts'
export type { EntryProof } from './log/household-record.ts'
export { openNote, signNote } from './log/note.ts'
export { consistencyRanges, hashRanges, inclusionRanges, verifyConsistency, verifyInclusion } from './log/proofs.ts'
export { append, emptyFrontier, leafHash, rootOf } from './log/tree.ts'
export type { Frontier } from './log/tree.ts'
// the export
export { consentRecords } from './export/consent-records.ts'
export type { ConsentRecords } from './export/consent-records.ts'
export { openLine } from './export/exported-object.ts'
export type { ExportedObject, ObjectLine } from './export/exported-object.ts'
export type { ExportPart } from './export/exporting.ts'
// what survives
export { ledgerTables } from './ledger/ledger.ts'
export type {
  ArchivedRecord,
  AskRecord,
  AuditHead,
  AuditRecord,
  Change,
  CheckpointRecord,
  CooldownRecord,
  CounterRecord,
  DigestRecord,
  EarlyRevocation,
  Fact,
  FactKind,
  FactRecord,
  GrantRecord,
  HaltRecord,
  HeldRecord,
  Ledger,
  LedgerSnapshot,
  LedgerTable,
  LedgerTables,
  ManifestRecord,
  OutboxEntry,
  OwnAskRecord,
  PauseRecord,
  Transition,
  TextRecord,
  UseRecord,
  UsageRow,
} from './ledger/ledger.ts'
