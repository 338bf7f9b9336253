export { verifyExport } from './verify.ts'
export type { Fault, Report } from './verify.ts'
