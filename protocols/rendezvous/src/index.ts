// keys of a pair of devices, a direction and a day
export { dayKeys, dayOf, keyOf, pairSecret, startOfDay } from './day-keys.ts'
export type { DayKeys } from './day-keys.ts'
// records
export { checkRecord, makeRecord, openRecord } from './record.ts'
export type { Found } from './record.ts'
// what being found means, for people
export { manifest as rendezvousManifest } from './generated/manifest.ts'
