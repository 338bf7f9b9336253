// the node
export { createNode } from './create-node.ts'
export type { NodeOptions } from './create-node.ts'
export type { ReachView, SeenView } from './being-reached.ts'
export type { NetworkView, TalksTo } from './network-view.ts'
export type { CarriedView, CarrierView, NodeRelay, RelayView } from './node-relay.ts'
export type { Control } from './control.ts'
export type { InvitedAskInput } from './invited-asks.ts'
export type { CounterTerms, NodeAsking } from './node-asking.ts'
export type { LookAlike } from './look-alikes.ts'
export { looksLike } from '@porchlight/identity'
export { embed } from './embed.ts'
export { relayOffer } from './relay-offer.ts'
export { joinHousehold } from './join-household.ts'
export type { Joined, JoinOptions } from './join-household.ts'
export type { DeviceInvite, DeviceInviteInput } from './device-invites.ts'
export type { ApproveTerms, AskInput, HouseholdNode, NodeEvent, OfferInput, ServedProtocol, Table } from './household-node.ts'
// what it shows
export type {
  AskView,
  BlockView,
  CardLine,
  CardView,
  ContactView,
  PathView,
  CounterView,
  DeviceChange,
  DeviceView,
  DigestView,
  GrantView,
  LimitView,
  InviteView,
  LogEntryView,
  LogVerification,
  SessionView,
  StatusView,
  WhyScope,
  WhyView,
} from './views.ts'
export type { CheckpointView, EntryProofView, NodeRecord } from './node-record.ts'
// a household's end and return
export type { BackupInput, BackupView } from './keeping.ts'
export { recoverHousehold } from './recover.ts'
export type { Recovered, RecoverInput } from './recover.ts'
export { restoreHousehold } from './restore.ts'
export type { Restored, RestoreInput } from './restore.ts'
export { describeHousehold, eraseHousehold } from './erase.ts'
export type { Erasable } from './erase.ts'
