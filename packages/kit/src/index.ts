// checking a folder
export { checkFolder, kitFiles, releasedSchemaFile } from './check/check-folder.ts'
export type { CheckedFolder } from './check/check-folder.ts'
export type { Requirement } from './check/requirements.ts'
export { putFile, readFolder, writeFolder } from './folder.ts'
// a folder to begin with
export { scaffold } from './scaffold/scaffold.ts'
export type { Scaffold } from './scaffold/scaffold.ts'
// the folder as a page
export { pageOf } from './pages/page.ts'
// cases
export { conformanceFile } from './cases/case-file.ts'
export type { ConformanceCase, ConformanceFile } from './cases/case-file.ts'
// conformance
export { conform, conformText } from './conform/run.ts'
export type { CaseResult, Cited, ConformReport } from './conform/run.ts'
export type { Answer, KnownCall, Role, Target, TargetCall } from './conform/target.ts'
export { gateTarget } from './conform/gate-target.ts'
export type { GateTargetOptions } from './conform/gate-target.ts'
export { streamTarget } from './conform/stream-target.ts'
export type { Streams } from './conform/stream-target.ts'
export { householdTarget } from './conform/household-target.ts'
export { appTarget } from './conform/app-target.ts'
