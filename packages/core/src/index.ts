// errors
export { asPorchlightError, errorTable, isPorchlightError, PorchlightError } from './errors.ts'
export type { ErrorCode, ErrorRow, PorchlightErrorOptions } from './errors.ts'
// limits
export { limits, limitTable } from './limits.ts'
export { appBounds } from './limits-that-apps-meet.ts'
export type { LimitName, LimitRow } from './limits.ts'
// ids and text
export { deviceId, householdId, objectId, parseProtocolId, serviceName } from './ids.ts'
export type { DeviceId, HouseholdId, ObjectId, ProtocolId } from './ids.ts'
export { cleanText, isCleanText, slug } from './text.ts'
export { covers, parseLocation } from './location.ts'
// protocols and their consent text
export { defineProtocol } from './protocol.ts'
export type { AnyMethod, Codec, Decoded, Door, Encodable, MethodDefinition, MethodKind, ProtocolDefinition } from './protocol.ts'
export { sayKeys } from './manifest.ts'
export type { Assurance, Limits, ManifestBody, ManifestScope, SayKey, Text, WeeklyWindow } from './manifest.ts'
