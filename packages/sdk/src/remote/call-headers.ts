import type { IncomingHttpHeaders } from 'node:http'
import { deviceId, householdId, parseLocation, PorchlightError } from '@porchlight/core'
import type { CallFacts } from './socket-served-call.ts'

/**
 * Who calls and for what, as the daemon says in the headers of a call that it hands on. Only to be believed beside the daemon's secret.
 *
 * @throws `BAD_REQUEST` when a header is missing or is not as it must be
 * @see docs/api.md#to-serve
 */
export function factsOf({ headers, url }: { readonly headers: IncomingHttpHeaders; readonly url?: string | undefined }): CallFacts {
  const said = (name: string): string => {
    const value = headers[`porchlight-${name}`]
    if (typeof value !== 'string') throw new PorchlightError('BAD_REQUEST', `the header Porchlight-${name} is missing`)
    return value
  }
  const decoded = (name: string): string => {
    try {
      return decodeURIComponent(said(name))
    } catch (cause) {
      throw new PorchlightError('BAD_REQUEST', `the header Porchlight-${name} cannot be read`, { cause })
    }
  }
  const scopes = said('scopes')
  return {
    protocol: said('protocol'),
    method: (url ?? '').slice(1),
    household: householdId(said('household')),
    contact: decoded('contact'),
    device: deviceId(said('device')),
    location: parseLocation(decoded('location')),
    scopes: new Set(scopes === '' ? [] : scopes.split(' ')),
    deadlineMs: Number(said('deadline-ms')),
    // Only the daemon knows whether further messages come; what arrives says so soon enough.
    streaming: false,
  }
}
