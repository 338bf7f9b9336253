import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { receiptType, type ReceiptBody } from '@porchlight/consent'
import { bodyOfEnvelope } from '@porchlight/wire'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createNode } from './create-node.ts'
import type { HouseholdNode } from './household-node.ts'
import { echo, echoing, echoManifest } from './testing/echo.ts'

let dir: string
let ben: HouseholdNode
let ana: HouseholdNode
const at = (name: string): string => join(dir, name)
const open = async (name: string): Promise<HouseholdNode> => {
  const node = await createNode({ dir: at(name), name, listen: ['/ip4/127.0.0.1/tcp/0'], mdns: false })
  node.serve({ definition: echo, manifest: echoManifest, handlers: echoing() })
  return node
}
const close = (node: HouseholdNode): PromiseLike<void> => node[Symbol.asyncDispose]()

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'porchlight-checkpoints-'))
  ;[ben, ana] = await Promise.all([open('ben'), open('ana')])
  await ana.acceptInvite((await ben.createInvite({ petname: 'ana' })).link, { petname: 'ben' })
})
afterEach(async () => {
  await Promise.all([close(ben), close(ana)])
  await rm(dir, { recursive: true, force: true })
})

async function agree(location: string): Promise<string> {
  const input = { to: 'ana', protocol: echo.id, location, scopes: ['read'], expMs: Date.now() + 86_400_000 }
  const grant = await ben.offer({ ...input, shown: ben.prepareOffer(input).hash })
  const offer = await vi.waitFor(() => ana.asks().find(({ id }) => id === grant.id) ?? Promise.reject(new Error('no offer yet')))
  await ana.approve(grant.id, { shown: offer.card.hash })
  await vi.waitFor(() => expect(ben.grants().find(({ id }) => id === grant.id)?.state).toBe('ACTIVE'))
  return grant.id
}
/** The receipt of a grant, out of an export. */
async function receiptOf(grant: string): Promise<ReceiptBody> {
  const lines = (await exported(ben, 'objects.ndjson')).trimEnd().split('\n')
  const receipts = lines
    .map((line) => JSON.parse(line) as { type: string; envelope: string })
    .filter(({ type }) => type === 'receipt')
    .map(({ envelope }) => bodyOfEnvelope<ReceiptBody>(receiptType, new Uint8Array(Buffer.from(envelope, 'hex'))))
  return receipts.find((receipt) => receipt.grant === grant)!
}

test('each side holds the newest checkpoint of the other, and a receipt made afterwards carries it', async () => {
  await agree('hall')
  const [ofBen, ofAna] = [await ben.record.checkpoint(), await ana.record.checkpoint()]
  await vi.waitFor(async () => expect(await exported(ana, 'checkpoints/seen.notes')).toBe(ofBen.note))
  await vi.waitFor(async () => expect(await exported(ben, 'checkpoints/seen.notes')).toBe(ofAna.note))
  const kitchen = await agree('kitchen')
  expect((await receiptOf(kitchen)).checkpoint).toEqual({
    dev: ben.device,
    size: ofBen.size,
    root: new Uint8Array(Buffer.from(ofBen.root, 'base64')),
  })
})

test('a record that was put back to an older one is held as soon as a contact shows its newer checkpoint', async () => {
  const hall = await agree('hall')
  await close(ben)
  await cp(at('ben'), at('old'), { recursive: true })
  ben = await open('ben')
  await agree('kitchen')
  const { note } = await ben.record.checkpoint()
  await vi.waitFor(async () => expect(await exported(ana, 'checkpoints/seen.notes')).toBe(note))
  await close(ben)
  ben = await open('old')
  await vi.waitFor(() => expect(ben.status().alarms.join()).toMatch(/newer signed state of this record/), { timeout: 20_000 })
  await vi.waitFor(() => expect(ben.grants().find(({ id }) => id === hall)).toMatchObject({ state: 'SUSPENDED' }))
  expect(await ben.verifyLog()).toMatchObject({ ok: false })
}, 60_000)

async function exported(node: HouseholdNode, path: string): Promise<string> {
  let text = ''
  for await (const part of node.record.export()) if (part.path === path) text += part.text
  return text
}
