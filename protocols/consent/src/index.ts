// the protocol
export { consentProtocol } from './definition.ts'
// both sides
export { consentClient, serveConsent } from './sides.ts'
