export { createMesh } from './create-mesh.ts'
export { gateProtocol } from './calls/gate-protocol.ts'
export type { Mesh, MeshConnection, MeshEvents, MeshLog, MeshOptions } from './mesh.ts'
export type { DhtMode, Published, RecordRules, Rendezvous, RendezvousStatus } from './rendezvous/rendezvous.ts'
