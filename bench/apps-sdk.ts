// An app of bench/apps.ts with the SDK, a process of its own. Arguments: `serve` SOCKET TOKEN, or `call` SOCKET TOKEN CALLS IN-FLIGHT [CALLS-AHEAD].
import { bytes, connect, protocolOf, query, type Porchlight } from '@porchlight/sdk'
import { manifestOf } from '../test/apps/registration-of.ts'
import { protocol } from '../test/apps/two-apps.ts'
import { timedCalls } from './timed-calls.ts'

const [role, socket = '', token = '', callsText, inFlightText, warmText = '0'] = process.argv.slice(2)
const methods = { echo: query({ scope: 'use', input: bytes, output: bytes }) }
const echo = protocolOf({ manifest: manifestOf(protocol) as never, methods })
const household: Porchlight = await connect({ app: 'Bench', socket, token })

if (role === 'serve') {
  await household.serve(echo, { echo: async (said) => said })
  process.on('disconnect', () => process.exit())
  process.send?.({ ready: true })
} else {
  const ben = household.client('ben', echo)
  const said = new Uint8Array(100).fill(0x78)
  const call = async (): Promise<void> => {
    const answer = await ben.echo(said)
    if (answer.byteLength !== said.byteLength) throw new Error(`${answer.byteLength} bytes`)
  }
  const result = await timedCalls(Number(callsText), Number(inFlightText), call, Number(warmText))
  await household[Symbol.asyncDispose]()
  process.send?.(result)
}
