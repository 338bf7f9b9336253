import type { Gateway } from '@achingbrain/nat-port-mapper'

/** What the library's gateway for IPv4 does inside, and does not offer: any action of the router. */
interface Inside {
  getGateway(options: { signal: AbortSignal }): Promise<{
    run(service: string, action: string, args: readonly (readonly [string, string])[], options: { signal: AbortSignal }): Promise<object>
  }>
  readonly mappings: Map<number, readonly { readonly refreshTimeout?: NodeJS.Timeout }[]>
}

/** The only service that the library looks for. */
const service = 'urn:schemas-upnp-org:service:WANIPConnection:2'

/** Whose an outer port is at the router; `unknown` when it does not say. */
export type EntryOwner = 'ours' | 'nobody' | 'another' | 'unknown'

/**
 * Asks the router whether it still forwards an outer TCP port to this machine. One that was switched off and on has forgotten it, and has the
 * address that it had before.
 *
 * @returns  never rejects
 * @see      UPnP WANIPConnection:2, 2.5.18 GetSpecificPortMappingEntry; error 714 is NoSuchEntryInArray
 */
export async function ownerOfEntry(
  router: Gateway,
  outerPort: number,
  host: string,
  options: { signal: AbortSignal },
): Promise<EntryOwner> {
  try {
    const answer = await act(router, 'GetSpecificPortMappingEntry', outerPort, options)
    // The prefix of the name is the router's choice.
    const entry = Object.entries(answer).find(([name]) => /(^|:)GetSpecificPortMappingEntryResponse$/.test(name))?.[1] as
      | { NewInternalClient?: string }
      | undefined
    if (typeof entry?.NewInternalClient !== 'string') return 'unknown'
    return entry.NewInternalClient === host ? 'ours' : 'another'
  } catch (error) {
    return error instanceof Error && /^Code 714\b/.test(error.message) ? 'nobody' : 'unknown'
  }
}

/**
 * Takes an outer TCP port back and ends the gateway. The library's own way names the inner port and no protocol: where the router has chosen
 * another number that deletes nothing, or what is another's, and a router that reads strictly refuses it.
 *
 * @param outerPort  `undefined` when nothing is to be taken back
 * @throws           what the router says; the gateway has ended also then
 */
export async function endEntry(router: Gateway, outerPort: number | undefined, options: { signal: AbortSignal }): Promise<void> {
  const { mappings } = router as unknown as Inside
  for (const { refreshTimeout } of [...mappings.values()].flat()) clearTimeout(refreshTimeout)
  mappings.clear()
  try {
    if (outerPort !== undefined) await act(router, 'DeletePortMapping', outerPort, options)
  } finally {
    await router.stop(options)
  }
}

async function act(router: Gateway, action: string, outerPort: number, options: { signal: AbortSignal }): Promise<object> {
  const gateway = await (router as unknown as Inside).getGateway(options)
  return gateway.run(
    service,
    action,
    [
      ['NewRemoteHost', ''],
      ['NewExternalPort', String(outerPort)],
      ['NewProtocol', 'TCP'],
    ],
    options,
  )
}
