import type { HouseholdId } from '@porchlight/core'
import { client, serve, type Client, type Handlers } from '@porchlight/sdk'
import type { Link } from '@porchlight/wire'
import { consentProtocol } from './definition.ts'

/** A contact's side of consent/1: one function per message, each resolving when the message was taken in, whatever became of it. */
export const consentClient = (link: Link, to: HouseholdId): Client<typeof consentProtocol> => client(link, to, consentProtocol)

/**
 * Takes in consent messages until disposed. A handler gets each envelope unopened; what it returns is `{}`, and what it throws would tell
 * the sender something: only `INTERNAL` ("send it again") may come out of it.
 *
 * @throws `BAD_REQUEST` when the link serves the protocol already
 */
export const serveConsent = (link: Link, handlers: Handlers<typeof consentProtocol>): Disposable => serve(link, consentProtocol, handlers)
