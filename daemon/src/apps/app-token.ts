import { createHmac, hash, randomBytes, timingSafeEqual } from 'node:crypto'

const prefix = 'plapp_'
const shape = /^plapp_[A-Za-z0-9_-]{43}$/

/** What the daemon keeps of a secret: sha-256 in base64url. The secrets have 256 random bits, so nothing slower is needed. */
export const hashOf = (secret: string): string => hash('sha256', secret, 'base64url')

/** Whether a bearer token says that it is an app's: it then counts as one or not at all, also where no token would mean the household. */
export const claimsToBeApp = (bearer: string): boolean => bearer.startsWith(prefix)

export const isAppToken = (bearer: string): boolean => shape.test(bearer)

export const newAppToken = (): string => prefix + randomBytes(32).toString('base64url')

/** What a program that asks for a token polls with. */
export const newRequestSecret = (): string => randomBytes(32).toString('base64url')

/**
 * The token that belongs to a request. It follows from the request's secret, which the program holds and the daemon does not keep: so the daemon
 * can hand it out once after a yes, also after a restart, without ever having it on disk.
 */
export const tokenOfRequest = (id: string, secret: string): string =>
  prefix + createHmac('sha256', secret).update(`porchlight app token ${id}`).digest('base64url')

/** Equal hashes, in a time that does not tell where they differ. */
export const isSameHash = (one: string, other: string): boolean => {
  const [a, b] = [Buffer.from(one), Buffer.from(other)]
  return a.length === b.length && timingSafeEqual(a, b)
}
