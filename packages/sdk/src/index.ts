// calling
export { client, clientOver } from './client.ts'
export type { Caller, CallOptions, Client } from './client.ts'
// serving
export { handlersOf, serve } from './serve.ts'
export type { Handlers } from './serve.ts'
// what both speak of
export { defineProtocol, PorchlightError } from '@porchlight/core'
export type { Codec, HouseholdId, ManifestBody, ProtocolDefinition } from '@porchlight/core'
export type { ClientCall, Link, ServerCall } from '@porchlight/wire'
