import { isPorchlightError, type ProtocolId } from '@porchlight/core'
import { bytes, mainRoom, type ClientCall, type Porchlight, type ProtocolDefinition } from '@porchlight/sdk'
import type { Answer, Target, TargetCall } from './target.ts'

type RawClient = Readonly<Record<string, (payload: Uint8Array, options: { deadlineMs?: number }) => unknown>>

/** One method that takes bytes as they are. */
const raw = (call: TargetCall): ProtocolDefinition => ({
  id: call.protocol as ProtocolId,
  door: 'grant',
  methods: { [call.method]: { kind: call.kind, scope: '', input: bytes, output: bytes } },
  reasons: [],
})

async function stream(running: Promise<ClientCall>, call: TargetCall, messages: Uint8Array[]): Promise<Uint8Array> {
  const open = await running
  const reading = (async () => {
    for await (const message of open.messages) messages.push(message)
  })()
  reading.catch(() => {})
  for (const message of call.messages) await open.send(message)
  await open.end()
  await reading
  return open.result()
}

/**
 * A contact of a household as a target: calls go as any app's, over a daemon, an embedded node, or in memory. The household has to hold a
 * grant of what is called. Frames cannot be seen from here, so transcripts are not run.
 *
 * @param to        as in `Porchlight.client`
 * @param location  of calls whose case names none
 */
export function householdTarget(household: Porchlight, to: string, { location = mainRoom }: { location?: string } = {}): Target {
  return {
    name: to,
    roles: new Set(['contact']),
    call: async (_role, call) => {
      const startedMs = performance.now()
      const messages: Uint8Array[] = []
      const answer = (code: Answer['code'], more: Partial<Answer> = {}): Answer => ({
        code,
        payload: new Uint8Array(),
        messages,
        tookMs: performance.now() - startedMs,
        ...more,
      })
      try {
        const client = household.client(to, raw(call), { location: call.location || location }) as unknown as RawClient
        const running = client[call.method]!(call.payload, call.deadlineMs === undefined ? {} : { deadlineMs: call.deadlineMs })
        if (call.kind === 'stream') return answer('OK', { payload: await stream(running as Promise<ClientCall>, call, messages) })
        if (call.kind === 'subscription') {
          for await (const message of running as AsyncIterable<Uint8Array>) messages.push(message)
          return answer('OK')
        }
        return answer('OK', { payload: (await running) as Uint8Array })
      } catch (error) {
        if (isPorchlightError(error)) return answer(error.code, { reason: error.reason })
        throw error
      }
    },
    [Symbol.asyncDispose]: async () => {},
  }
}
