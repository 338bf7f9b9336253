export { createMesh } from './create-mesh.ts'
export { gateProtocol } from './gate-protocol.ts'
export type { Mesh, MeshConnection, MeshEvents, MeshLog, MeshOptions } from './mesh.ts'
