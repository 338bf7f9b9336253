import { isUpgrade } from '@porchlight/protocol-share'
import type { IncomingMessage } from 'node:http'

/**
 * Whether another website, or another shared app, makes the guest's browser send this request. The friend's app knows the guest by the
 * connection alone, so without this check any page could act there in the guest's name, as no log-in stands in its way. Apps of one contact
 * are one site to a browser, and each has a grant of its own: none may use the other's.
 *
 * Following a link is allowed; forms, scripts, frames, images and WebSockets of other sites are not. Programs send neither header and pass.
 *
 * @param host  authority that the request is for
 * @see docs/share.md#other-websites
 */
export function isFromOtherSite(req: Pick<IncomingMessage, 'method' | 'headers' | 'rawHeaders'>, host: string): boolean {
  const { 'sec-fetch-site': site, 'sec-fetch-mode': mode, 'sec-fetch-dest': destination, origin } = req.headers
  if (site === undefined) return origin !== undefined && origin.toLowerCase().replace(/^https?:\/\//, '') !== host.toLowerCase()
  if (site === 'same-origin' || site === 'none') return false
  const link =
    (req.method === 'GET' || req.method === 'HEAD') && mode === 'navigate' && destination === 'document' && !isUpgrade(req.rawHeaders)
  return !link
}
