import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { chainOf, decodeInvite, devicesInForce, openGenesis, verificationWords } from '@porchlight/identity'
import { askProofOf, inviteIdOf, inviteProtocol, proofOf, serveInvites, type Parties } from '@porchlight/protocol-invite'
import { PorchlightError } from '@porchlight/core'
import { describe, expect, it } from 'vitest'
import { allVectors } from '../scripts/make-vectors.ts'

const root = join(import.meta.dirname, '..')
const fromHex = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'))
const read = <Shape>(name: string): Shape => JSON.parse(readFileSync(join(root, 'protocols/invite/vectors', name), 'utf8')) as Shape
const atSec = 1_800_000_000

describe('the committed vectors', async () => {
  it.each([...(await allVectors())])('%s is what scripts/make-vectors.ts writes', (path, text) => {
    expect(readFileSync(join(root, path), 'utf8')).toBe(text)
  })
})

interface Proof {
  name: string
  secret: string
  parties: Parties
  inviteId: string
  inviteeProof: string
  inviterProof: string
  askProof: string
  verificationWords: string
}
const { cases: proofs } = read<{ cases: Proof[] }>('proofs.json')

it.each(proofs.map((vector) => [vector.name, vector] as const))('proofs: %s', (_, { secret, parties, ...vector }) => {
  expect(inviteIdOf(fromHex(secret))).toEqual(fromHex(vector.inviteId))
  expect(proofOf(fromHex(secret), 'invitee', parties)).toEqual(fromHex(vector.inviteeProof))
  expect(proofOf(fromHex(secret), 'inviter', parties)).toEqual(fromHex(vector.inviterProof))
  expect(askProofOf(fromHex(secret), parties)).toEqual(fromHex(vector.askProof))
  expect(verificationWords(parties.inviterHousehold, parties.inviteeHousehold).join(' ')).toBe(vector.verificationWords)
})

const messages = read<{ secret: string; parties: Parties; cases: { name: string; message: string; bytes: string; valid: boolean }[] }>(
  'messages.json',
)
const requests = messages.cases.filter(({ message }) => message === 'AcceptRequest' || message === 'AskRequest')

it.each(requests.map((vector) => [vector.name, vector] as const))('requests: %s', async (_, { message, bytes, valid }) => {
  const secret = fromHex(messages.secret)
  const { inviterDevice, inviteeDevice, inviterHousehold } = messages.parties
  const asked: Uint8Array[] = []
  const { accept, ask } = serveInvites({
    device: inviterDevice,
    household: inviterHousehold,
    openDocument: async ({ document }, device) => {
      const opened = await openGenesis(document)
      if (!devicesInForce(chainOf(opened), atSec).some(({ key }) => key === device))
        throw new PorchlightError('BAD_REQUEST', 'not its device')
      return opened.household
    },
    secretOf: (id) => (id === Buffer.from(inviteIdOf(secret)).toString('hex') ? secret : undefined),
    settle: (__, { right }) => (right ? 'accepted' : 'refused'),
    paired: async () => {},
    settleAsk: (__, { right }) => (right ? 'taken' : 'refused'),
    asked: async (asker) => void asked.push(asker.ask),
    introduce: () => ({ document: new Uint8Array(), laterDocuments: [], suspensions: [], name: undefined, addresses: [] }),
    wait: async () => {},
  })
  const call = { device: inviteeDevice, payload: fromHex(bytes) } as Parameters<typeof accept>[0]
  if (!valid) return expect(message === 'AskRequest' ? ask(call) : accept(call)).rejects.toMatchObject({ code: 'DENIED' })
  if (message === 'AskRequest') {
    expect(await ask(call)).toEqual(new Uint8Array())
    return expect(asked).toEqual([new Uint8Array(24).fill(7)])
  }
  const answer = inviteProtocol.methods.accept.output.decode((await accept(call)) as Uint8Array)
  return expect(answer.proof).toEqual(proofOf(secret, 'inviter', messages.parties))
})

const { cases: links } = read<{
  cases: { name: string; link: string; valid: boolean; because?: string; fields?: Record<string, unknown> }[]
}>('links.json')

it.each(links.map((vector) => [vector.name, vector] as const))('links: %s', (_, { link, valid, because, fields }) => {
  if (!valid) return expect(() => decodeInvite(link, atSec)).toThrow(expect.objectContaining({ reason: because }))
  const invite = decodeInvite(link, atSec)
  return expect({ ...invite, secret: Buffer.from(invite.secret).toString('hex') }).toEqual(fields)
})
