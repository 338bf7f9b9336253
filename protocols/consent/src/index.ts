// the protocol
export { consentProtocol } from './definition.ts'
