export { relayLocation, relayProtocol } from './definition.ts'
export type { RelayAccount } from './definition.ts'
export { manifest as relayManifest } from './generated/manifest.ts'
