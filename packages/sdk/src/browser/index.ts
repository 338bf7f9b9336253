// a household, as a page of its daemon holds it
export { connect } from './connect.ts'
export type { PageOptions } from './connect.ts'
export type * from '../porchlight.ts'
// a protocol of one's own
export { defineProtocol, protocolOf } from '../protocol/define-protocol.ts'
export { procedure, query, stream, subscription } from '../protocol/methods.ts'
export { bytes, json, nothing, text } from '../protocol/codecs.ts'
export { PorchlightError } from '@porchlight/core'
