// the protocol
export { consentProtocol } from './definition.ts'
export { manifest as consentManifest } from './generated/manifest.ts'
// both sides
export { consentClient, serveConsent } from './sides.ts'
