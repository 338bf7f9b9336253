export { memoryHouseholds } from './memory-households.ts'
export type { MemoryHousehold } from './memory-households.ts'
