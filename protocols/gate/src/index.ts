// the frames of gate.proto, as the reference implementation in @porchlight/wire speaks them
export { FrameStream, gateFrames, refusal, serveCalls, startCall } from '@porchlight/wire'
export type { Frame, Gate, InboundCall, ServerCall, Verdict } from '@porchlight/wire'
// what knocking means, for people
export { manifest as gateManifest } from './generated/manifest.ts'
