import { householdId, PorchlightError } from '@porchlight/core'
import type { Porchlight, Waiting } from '../porchlight.ts'
import { porchlightOver } from '../porchlight-over.ts'
import { apiBackend } from '../remote/api-backend.ts'
import { successOf } from '../remote/problem.ts'
import { pageTransport } from './page-transport.ts'

export interface PageOptions extends Waiting {
  /** Where the page came from; default the page's own origin. */
  readonly origin?: string
}

/**
 * The household, for the page of an app that its daemon serves (`porchlight apps add NAME --page DIR`): let in by the browser's cookie, with the rights of
 * that app. Calls, contacts, asks, grants and events are those of any app; nobody can be served from a page, which is gone when its tab is closed.
 *
 * @throws `UNREACHABLE` with reason `no-daemon`; `UNAUTHENTICATED` when the browser was not let in or the app was revoked
 * @see    docs/api.md#a-page-of-an-app
 */
export async function connect({ origin = ownOrigin(), signal }: PageOptions = {}): Promise<Porchlight> {
  const transport = pageTransport(origin)
  const answer = await transport.send({ method: 'GET', path: '/v1/app', signal })
  const { household } = JSON.parse(new TextDecoder().decode(await successOf(answer))) as { household: string }
  return porchlightOver(
    await apiBackend({
      household: householdId(household),
      transport,
      serve: () =>
        Promise.reject(
          new PorchlightError('BAD_REQUEST', 'a page serves nobody: it is gone when its tab is closed', { reason: 'not-from-a-page' }),
        ),
    }),
  )
}

function ownOrigin(): string {
  const { location } = globalThis as { readonly location?: { readonly origin: string } }
  if (location === undefined) throw new PorchlightError('SETTING_INVALID', 'this is for pages: elsewhere use connect() of @porchlight/sdk')
  return location.origin
}
