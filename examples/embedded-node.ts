// A program that is a household itself: two of them here, in one process and without a daemon. They pair, one is asked, and stops it again.
// Run it: npm run example -- embedded-node
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createNode, embed } from '@porchlight/node'
import { greeting } from './greeting.ts'

const dir = await mkdtemp(join(tmpdir(), 'porchlight-example-'))
const start = (name: string) => createNode({ dir: join(dir, name), name, listen: ['/ip4/127.0.0.1/tcp/0'], mdns: false })
const benNode = await start('ben')
const anaNode = await start('ana')
const invite = await benNode.createInvite({ petname: 'ana' })
await anaNode.acceptInvite(invite.link, { petname: 'ben' })
const same = benNode.contact('ana').words.join(' ') === anaNode.contact('ben').words.join(' ')
console.log(`both screens show the same 12 words: ${same}`)

{
  await using ben = embed(benNode)
  await using ana = embed(anaNode)
  await ben.serve(greeting, { greet: async ({ text }, call) => ({ text: `Hello ${text}, ${call.contact} of ours.` }) })

  // What a person at Ben's does, who sees the card and says yes.
  ben.on('ask.changed', async () => {
    const ask = benNode.asks().find(({ kind }) => kind === 'ask')
    if (!ask) return
    console.log(`${ask.petname} asks ${ask.why}: ${ask.card.title}`)
    await benNode.approve(ask.id, { shown: ask.card.hash })
  })

  const asked = await ana.ask({ to: 'ben', protocol: greeting, location: 'door', why: 'to see whether you are at home' })
  const grant = await asked.granted()
  console.log(`granted: ${grant.scopes.join(', ')} at ${grant.location}`)
  const door = ana.client('ben', greeting, { location: 'door' })
  console.log((await door.greet({ text: 'Ana' })).text)

  console.log(`stopped: ${(await benNode.revoke(grant.id)).state}`)
  const refused = await door.greet({ text: 'Ana' }).catch((error: { code: string }) => error.code)
  console.log(['DENIED', 'CONSENT_REQUIRED'].includes(refused as string))
}

await anaNode[Symbol.asyncDispose]()
await benNode[Symbol.asyncDispose]()
await rm(dir, { recursive: true })
