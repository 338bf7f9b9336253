import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createNode, embed } from '@porchlight/node'
import { households } from '@porchlight/sdk/testing'
import { waitFor } from '../harness/home.ts'
import { checkParity } from './check-parity.ts'
import { objectCaller } from './object-caller.ts'
import { handlers, parity } from './protocol.ts'

checkParity('the link in memory', ['the object'], async () => {
  const homes = households(['ana', 'ben'])
  await homes.ben.serve(parity, handlers, { onFault: () => {} })
  return {
    callers: { 'the object': objectCaller(homes.ana, 'ben') },
    grant: async (location) => {
      const id = homes.ben.person.give({ to: 'ana', protocol: parity, location })
      return async () => homes.ben.person.stop(id)
    },
    [Symbol.asyncDispose]: () => homes[Symbol.asyncDispose](),
  }
})

checkParity('an embedded node', ['the object'], async () => {
  const dir = await mkdtemp(join(tmpdir(), 'porchlight-parity-'))
  const start = (name: string) => createNode({ dir: join(dir, name), name, listen: ['/ip4/127.0.0.1/tcp/0'], mdns: false })
  const [ben, ana] = await Promise.all([start('ben'), start('ana')])
  await ana.acceptInvite((await ben.createInvite({ petname: 'ana' })).link, { petname: 'ben' })
  const [asBen, asAna] = [embed(ben), embed(ana)]
  await asBen.serve(parity, handlers, { onFault: () => {} })
  return {
    callers: { 'the object': objectCaller(asAna, 'ben') },
    grant: async (location) => {
      const wanted = { to: 'ana', protocol: parity.id, location, scopes: ['use'], expMs: Date.now() + 86_400_000 }
      const { id } = await ben.offer({ ...wanted, shown: ben.prepareOffer(wanted).hash })
      const offer = await waitFor('the offer', async () => ana.asks().find((ask) => ask.id === id))
      await ana.approve(id, { shown: offer.card.hash })
      await waitFor('the grant', async () => ben.grants().find((grant) => grant.id === id)?.state === 'ACTIVE')
      return async () => void (await ben.revoke(id))
    },
    [Symbol.asyncDispose]: async () => {
      for (const each of [asAna, asBen, ana, ben]) await each[Symbol.asyncDispose]()
      await rm(dir, { recursive: true })
    },
  }
})
