import { limits } from '@porchlight/core'

/** What `NAME.HOUSEHOLD.localhost[:PORT]` names. */
export interface ShareHost {
  /** The service's name, as its owner calls it. */
  readonly service: string
  /** The DNS label of our petname for its owner. */
  readonly label: string
}

const label = '[a-z0-9](?:[a-z0-9-]*[a-z0-9])?'
const shape = new RegExp(`^(${label})\\.(${label})\\.localhost(?::([1-9][0-9]{0,4}))?$`)

/**
 * Reads the authority of a request to the guest's gateway (RFC 6761: names under `localhost` never leave the machine).
 *
 * @param authority  a `Host` header or the authority of an absolute request target; letters in any case
 * @returns          `undefined` for anything but exactly two labels under `localhost`, with or without a port
 */
export function parseShareHost(authority: string): ShareHost | undefined {
  const [, service, owner, port] = shape.exec(authority.toLowerCase()) ?? []
  if (service === undefined || owner === undefined || Number(port ?? 1) > 65535) return undefined
  return service.length <= limits.serviceNameChars && owner.length <= limits.serviceNameChars ? { service, label: owner } : undefined
}

/** The address under which a guest's programs reach a service: `http://photos.ana.localhost:7080`. */
export function shareAddress({ service, label: owner }: ShareHost, port: number): string {
  return `http://${service}.${owner}.localhost:${port}`
}
