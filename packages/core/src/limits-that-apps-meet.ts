import type { LimitRow } from './limits.ts'
import { sdkLimits } from './limits-of-the-sdk.ts'

/** Bounds of names, messages and the local API that an app runs into: rows of the one table in `limits.ts`. */
export const metLimits = {
  payloadLimitBytes: { value: 960 * 1024, unit: 'bytes', why: 'payload of one call message; leaves room for the frame around it' },
  protocolIdChars: { value: 128, unit: 'characters', why: 'a protocol id is shown to people and stored in every grant' },
  methodChars: { value: 64, unit: 'characters', why: 'a method name' },
  locationChars: { value: 256, unit: 'characters', why: 'a location inside a protocol, for instance a service name' },
  locationSegments: { value: 16, unit: 'segments', why: 'depth of a location path' },
  textChars: { value: 280, unit: 'characters', why: 'one line of consent text' },
  serviceNameChars: { value: 32, unit: 'characters', why: 'a service name is a DNS label in the address of the share' },
  socketPathBytes: { value: 107, unit: 'bytes', why: 'path of a Unix socket (sockaddr_un on Linux holds 108 with its final zero)' },
  apiHeadersMs: { value: 10_000, unit: 'ms', why: 'time for the headers of a request to the local API to arrive' },
  ...sdkLimits,
} as const satisfies Readonly<Record<string, LimitRow>>

/**
 * The values of these alone. What apps bundle takes its bounds from here, so that the reasons of a whole system do not travel with every app;
 * `test/sdk-bundle.test.ts` counts the bytes.
 */
export const appBounds = /* @__PURE__ */ Object.fromEntries(Object.entries(metLimits).map(([name, row]) => [name, row.value])) as {
  readonly [K in keyof typeof metLimits]: number
}
