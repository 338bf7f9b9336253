// the protocol
export { householdProtocol } from './definition.ts'
export type { ChainBytes } from './definition.ts'
export { manifest as householdManifest } from './generated/manifest.ts'
// both sides of presenting
export { present, servePresent } from './present.ts'
export type { PresentHost } from './present.ts'
