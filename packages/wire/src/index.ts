// byte streams
export { bytesOf } from './byte-stream.ts'
export type { Bytes, ByteStream } from './byte-stream.ts'
export { memoryByteStreams } from './memory-stream.ts'
// frames and calls
export { FrameStream } from './frame-stream.ts'
export type { Frame } from './frame-stream.ts'
export { gate as gateFrames } from './generated/gate.ts'
// messages of libp2p's own protocols that its packages do not export
export { circuit as circuitMessages } from './generated/circuit.ts'
export { dcutr as punchMessages } from './generated/dcutr.ts'
export { startCall } from './client-call.ts'
export { serveCalls } from './serve-calls.ts'
export { endOf, errorOf, refusal } from './call-errors.ts'
// links
export type { CallDevice, CallHandler, CallRequest, ClientCall, Gate, InboundCall, Link, ServerCall, Verdict } from './link.ts'
// keys and signed objects
export { deviceIdOf, generateKey, isSoundKey, keyFromBytes, keyFromSeed, keyToBytes, rawKeyOf } from './keys.ts'
export type { SigningKey } from './keys.ts'
export { sharedSecret } from './shared-secret.ts'
export { signedByDevice, soundKeyOf } from './device-signature.ts'
export { decodeCanonical, encodeCanonical, idOf } from './canonical.ts'
export type { CanonicalRefusal } from './canonical.ts'
export { bodyOfEnvelope, idOfBody, idOfEnvelope, open, openOrThrow, payloadOf, payloadOfEnvelope, seal, signedType } from './signed.ts'
export type { Opened, Refusal, Signed, SignedType } from './signed.ts'
