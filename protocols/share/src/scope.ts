import { foldedName, isUpgrade } from './header-names.ts'

/** Scopes of share/1, as the manifest names them. `change` includes nothing by itself: a grant that allows both holds both. */
export type ShareScope = 'read' | 'change'

const reading = new Set(['GET', 'HEAD', 'OPTIONS'])

/** Headers by which some frameworks let a GET act as another method. */
const methodOverrides = new Set(['x-http-method-override', 'x-http-method', 'x-method-override'])

/**
 * Which scope one request needs: `read` for GET, HEAD and OPTIONS, `change` for everything else. An upgrade to another protocol
 * (WebSocket) needs `change`, since nobody can see what is sent after it; so does a request that asks to count as another method.
 *
 * @param method      as on the request line; methods are case-sensitive (RFC 9110, 9.1), so `get` needs `change`
 * @param rawHeaders  names and values in turn, as in `IncomingMessage.rawHeaders`
 */
export function scopeOfRequest(method: string, rawHeaders: readonly string[]): ShareScope {
  const overridden = rawHeaders.some((name, at) => at % 2 === 0 && methodOverrides.has(foldedName(name)))
  return reading.has(method) && !overridden && !isUpgrade(rawHeaders) ? 'read' : 'change'
}
