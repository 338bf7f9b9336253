import { limits, parseLocation, parseProtocolId, PorchlightError } from '@porchlight/core'

/** What the address of a call says. */
export interface CallTarget {
  /** Petname, label, household id or the beginning of it. */
  readonly contact: string
  readonly protocol: string
  readonly method: string
  readonly location: string
  readonly deadlineMs: number | undefined
  /** A query: may be sent twice, and to another device of the contact. */
  readonly retryable: boolean
  /** The caller sends nothing after its first message. */
  readonly oneWay: boolean
}

const path = /^\/v1\/contacts\/([^/]+)\/call\/([^/]+)\/([^/]+)\/([^/]+)\/([^/]+)$/
const methodName = /^[a-z][a-zA-Z0-9]*$/

/** Whether a request is one for a call at all, before anything else of it is read. */
export const isCall = (url: string): boolean => url.startsWith('/v1/contacts/') && path.test(url.split('?', 1)[0] ?? '')

const notValid = (message: string, cause?: unknown): PorchlightError =>
  new PorchlightError('BAD_REQUEST', message, { reason: 'not-valid', cause })

/**
 * Reads `/v1/contacts/{contact}/call/{authority}/{name}/{major}/{method}?location=…&deadlineMs=…&retry=true&oneway=true`.
 *
 * @throws `BAD_REQUEST` with reason `not-valid`; a parameter that nobody knows is refused, as it may have been meant to narrow something
 */
export function callTargetOf(url: string): CallTarget {
  const at = url.indexOf('?')
  const [, contact = '', authority = '', name = '', major = '', method = ''] = path.exec(at < 0 ? url : url.slice(0, at)) ?? []
  if (method.length > limits.methodChars || !methodName.test(method))
    throw notValid(`not a method name: ${JSON.stringify(method.slice(0, 80))}`)
  const target = { contact: decoded(contact), protocol: parseProtocolId(`/${authority}/${name}/${major}`), method }
  const flags = { location: '', deadlineMs: undefined as number | undefined, retryable: false, oneWay: false }
  if (at < 0) return { ...target, ...flags }
  for (const [key, value] of new URLSearchParams(url.slice(at + 1))) {
    if (key === 'location') flags.location = parseLocation(value)
    else if (key === 'deadlineMs') flags.deadlineMs = deadline(value)
    else if (key === 'retry') flags.retryable = isTrue(key, value)
    else if (key === 'oneway') flags.oneWay = isTrue(key, value)
    else throw notValid(`a call has no parameter ${JSON.stringify(key.slice(0, 80))}`)
  }
  return { ...target, ...flags }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch (cause) {
    throw notValid(`not a contact: ${JSON.stringify(text.slice(0, 80))}`, cause)
  }
}

function deadline(text: string): number {
  if (!/^\d{1,9}$/.test(text) || Number(text) > limits.callDeadlineMaxMs)
    throw notValid(`deadlineMs of ${JSON.stringify(text.slice(0, 20))}, limit ${limits.callDeadlineMaxMs}`)
  return Number(text)
}

function isTrue(key: string, text: string): boolean {
  if (text !== 'true' && text !== 'false') throw notValid(`${key} is true or false`)
  return text === 'true'
}
