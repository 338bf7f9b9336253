// households with the object that apps hold
export { households } from './households.ts'
export type { TestHousehold, TestHouseholds } from './households.ts'
export type { TestOptions } from './memory-network.ts'
export type { TestClock } from './test-clock.ts'
export type { Answer, Given, Question, TestPerson } from './test-person.ts'
// households with bare links
export { memoryHouseholds } from './memory-households.ts'
export type { MemoryHousehold } from './memory-households.ts'
