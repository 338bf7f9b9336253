import { limits } from '@porchlight/core'
import { memoryHouseholds } from '@porchlight/sdk/testing'
import type { ServerCall } from '@porchlight/wire'
import { expect, test } from 'vitest'
import { consentClient, consentProtocol, serveConsent } from './index.ts'

const envelope = (fill: number, length = 100): Uint8Array => new Uint8Array(length).fill(fill)
const nothing = new Uint8Array()

/** Ana serves consent/1, Ben is her contact. Every message that reaches her is kept. */
function contacts() {
  const [ana, ben] = memoryHouseholds(2)
  if (!ana || !ben) throw new Error('two households')
  const got: [string, object][] = []
  const note = (name: string) => async (input: object, call: ServerCall) => {
    got.push([`${name} from ${call.household === ben.link.household ? 'ben' : 'a stranger'}`, input])
    return {}
  }
  serveConsent(ana.link, {
    offer: note('offer'),
    ask: note('ask'),
    receipt: note('receipt'),
    revoked: note('revoked'),
    renounced: note('renounced'),
    remember: async () => ({ revocations: [envelope(7), envelope(8)] }),
  })
  ana.allow(ben.link.household, consentProtocol.id)
  return { got, ana: consentClient(ben.link, ana.link.household), link: ben.link, to: ana.link.household }
}

test('each message arrives with its envelopes byte for byte, and each is answered with nothing', async () => {
  const { ana, got } = contacts()
  const answers = [
    await ana.offer({ grant: envelope(1), manifest: envelope(2) }),
    await ana.ask({ ask: envelope(3) }),
    await ana.receipt({ receipt: envelope(4) }),
    await ana.revoked({ revoke: envelope(5) }),
    await ana.renounced({ renounce: envelope(6) }),
  ]
  expect(answers).toEqual([{}, {}, {}, {}, {}])
  expect(got).toEqual([
    ['offer from ben', { grant: envelope(1), manifest: envelope(2) }],
    ['ask from ben', { ask: envelope(3), manifest: nothing }],
    ['receipt from ben', { receipt: envelope(4) }],
    ['revoked from ben', { revoke: envelope(5) }],
    ['renounced from ben', { renounce: envelope(6) }],
  ])
})

test('an answer is the same empty bytes for every message', () => {
  for (const { kind, output } of Object.values(consentProtocol.methods))
    if (kind === 'procedure') expect((output as { encode(message: object): Uint8Array }).encode({})).toEqual(nothing)
})

test('whoever asks is given back what it signed itself, envelopes as they were', async () => {
  const { ana } = contacts()
  expect(await ana.remember({})).toEqual({ revocations: [envelope(7), envelope(8)] })
})

test('an envelope at its limit passes, and with one byte more no handler runs', async () => {
  const { ana, got } = contacts()
  const limit = limits.objectLimitBytes + limits.envelopeOverheadBytes
  const manifestLimit = limits.manifestLimitBytes + limits.envelopeOverheadBytes
  await ana.offer({ grant: envelope(1, limit), manifest: envelope(2, manifestLimit) })
  await expect(ana.offer({ grant: envelope(1, limit + 1), manifest: envelope(2) })).rejects.toMatchObject({ code: 'BAD_REQUEST' })
  await expect(ana.offer({ grant: envelope(1), manifest: envelope(2, manifestLimit + 1) })).rejects.toMatchObject({ code: 'BAD_REQUEST' })
  expect(got).toHaveLength(1)
})

test('a message without its envelope, and bytes that are no message, are refused before any handler runs', async () => {
  const { got, link, to } = contacts()
  for (const payload of [nothing, new Uint8Array([0x0a, 0x05, 1])]) {
    const call = await link.call(to, { protocol: consentProtocol.id, method: 'revoked', payload })
    await expect(call.result()).rejects.toMatchObject({ code: 'BAD_REQUEST' })
  }
  expect(got).toEqual([])
})

test('only contacts may knock, and no method needs a grant', () => {
  expect(consentProtocol.door).toBe('contact')
  const kinds = Object.values(consentProtocol.methods).map(({ kind, scope }) => [kind, scope])
  expect(kinds).toEqual([...Array.from({ length: 5 }, () => ['procedure', null]), ['query', null]])
})
