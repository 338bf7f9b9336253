import type { MeshLog } from './mesh.ts'

/** Time, chance and the log, as the parts of a mesh are given them: a test holds the first two still. */
export interface Surroundings {
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** Uniform in [0, 1). */
  readonly random: () => number
  readonly log: MeshLog
}
