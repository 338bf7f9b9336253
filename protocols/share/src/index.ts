// the protocol
export { share } from './definition.ts'
export { manifest as shareManifest } from './generated/manifest.ts'
// what a request needs and carries
export { scopeOfRequest } from './scope.ts'
export type { ShareScope } from './scope.ts'
export { isUpgrade, tokensOf, valuesOf } from './header-names.ts'
export { answerToGuest, headerText, requestFromGuest, requestToApp, trailers } from './header-rules.ts'
export type { Guest } from './header-rules.ts'
// addresses
export { parseShareHost, shareAddress } from './share-host.ts'
export type { ShareHost } from './share-host.ts'
