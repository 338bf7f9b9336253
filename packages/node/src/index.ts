// the node
export { createNode } from './create-node.ts'
export type { NodeOptions } from './create-node.ts'
export type { AskInput, HouseholdNode, NodeEvent, OfferInput, ServedProtocol, Table } from './household-node.ts'
// what it shows
export type {
  AskView,
  CardLine,
  CardView,
  ContactView,
  DeviceChange,
  DeviceView,
  GrantView,
  LimitView,
  InviteView,
  LogEntryView,
  LogVerification,
  SessionView,
  StatusView,
} from './views.ts'
export type { CheckpointView, EntryProofView, NodeRecord } from './node-record.ts'
