// Two households in one process: they pair, one shares a greeting, the other hears it, until it is stopped.
// Run it: npm run example -- two-households
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createNode } from '@porchlight/node'
import { client, handlersOf } from '@porchlight/sdk'
import { greeting } from './greeting.ts'

const dir = await mkdtemp(join(tmpdir(), 'porchlight-example-'))
const start = (name: string) => createNode({ dir: join(dir, name), name, listen: ['/ip4/127.0.0.1/tcp/0'], mdns: false })
const ben = await start('ben')
const ana = await start('ana')

const invite = await ben.createInvite({ petname: 'ana' })
await ana.acceptInvite(invite.link, { petname: 'ben' })
const same = ben.contact('ana').words.join(' ') === ana.contact('ben').words.join(' ')
console.log(`both screens show the same 12 words: ${same}`)

const greetings = handlersOf(greeting, { greet: async ({ text }) => ({ text: `Hello ${text}, the light is on.` }) })
ben.serve({ definition: greeting, manifest: greeting.manifest, handlers: greetings })
const input = { to: 'ana', protocol: greeting.id, location: 'door', scopes: ['greet'], expMs: Date.now() + 86_400_000 }
const card = ben.prepareOffer(input)
console.log(card.title)
const offered = new Promise<void>((resolve) => ana.on((event) => event.type === 'grant.changed' && resolve()))
const grant = await ben.offer({ ...input, shown: card.hash })

await offered
const inForce = new Promise<void>((resolve) => ben.on((event) => event.type === 'grant.changed' && resolve()))
const offer = ana.asks()[0]!
await ana.approve(offer.id, { shown: offer.card.hash })
await inForce

const door = client(ana.link, ben.household, greeting, { location: 'door' })
console.log((await door.greet({ text: 'Ana' })).text)

console.log(`stopped: ${(await ben.revoke(grant.id)).state}`)
console.log(
  await door.greet({ text: 'Ana' }).catch((error: { code: string }) => error.code === 'DENIED' || error.code === 'CONSENT_REQUIRED'),
)

await ana[Symbol.asyncDispose]()
await ben[Symbol.asyncDispose]()
await rm(dir, { recursive: true })
