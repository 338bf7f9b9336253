export { createMesh } from './create-mesh.ts'
export { gateProtocol } from './calls/gate-protocol.ts'
export type { Mesh, MeshConnection, MeshEvents, MeshLog, MeshOptions } from './mesh.ts'
