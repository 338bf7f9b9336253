// a protocol of one's own
export { defineProtocol, protocolFile, protocolOf } from './protocol/define-protocol.ts'
export type { Protocol, ScopeOf } from './protocol/define-protocol.ts'
export type { ConsentLines, ConsentText, DataText, ScopeText } from './protocol/consent-text.ts'
export { procedure, query, stream, subscription } from './protocol/methods.ts'
export type { Method } from './protocol/methods.ts'
export { bytes, json, nothing, text } from './protocol/codecs.ts'
// a household, as an app holds it
export type {
  Ask,
  AskInput,
  Asked,
  Contact,
  EventType,
  Grant,
  IncomingCall,
  Porchlight,
  PorchlightEvent,
  PorchlightEvents,
  Presence,
  Servable,
  ServeOptions,
  Waiting,
  Wanted,
} from './porchlight.ts'
export { mainRoom } from './room.ts'
// ways to a household
export { connect } from './remote/connect.ts'
export type { ConnectOptions } from './remote/connect.ts'
export type { AppProtocol } from './remote/let-in.ts'
export { porchlightOver } from './porchlight-over.ts'
export type { Backend, FullAsk, IncomingHandler } from './backend.ts'
// calling over a link
export { client, clientOver } from './client.ts'
export type { Caller, CallOptions, Client } from './client.ts'
// serving over a link
export { handlersOf, serve } from './serve.ts'
export type { Handlers } from './serve.ts'
// what both speak of
export { PorchlightError } from '@porchlight/core'
export type { Codec, HouseholdId, ManifestBody, ProtocolDefinition } from '@porchlight/core'
export type { ClientCall, Link, ServerCall } from '@porchlight/wire'
