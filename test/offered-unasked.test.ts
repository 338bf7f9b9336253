import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect, type Porchlight } from '@porchlight/sdk'
import { expect, test } from 'vitest'
import { greeting } from '../examples/greeting.ts'
import { waitFor } from './harness/home.ts'
import { LiveDaemon, pairLive } from './harness/live-daemon.ts'

test(
  "what an app serves is given by its household unasked, and the other side's app, which only waited, calls as soon as a person there accepted",
  { timeout: 60_000 },
  async () => {
    const state = await mkdtemp(join(tmpdir(), 'porchlight-offered-'))
    await using stack = new AsyncDisposableStack()
    stack.defer(() => rm(state, { recursive: true }))
    const [ben, ana] = [stack.use(await LiveDaemon.start('ben')), stack.use(await LiveDaemon.start('ana'))]
    await pairLive(ben, ana)
    const app = async (daemon: LiveDaemon, name: string, may: object): Promise<Porchlight> => {
      const onWaiting = ({ id }: { id: string }) => void daemon.letIn(id)
      const protocols = [{ id: greeting.id, ...may }]
      return stack.use(await connect({ app: name, home: daemon.home, tokenFile: join(state, name), protocols, onWaiting }))
    }
    const [door, visitor] = [await app(ben, 'Door', { serve: true }), await app(ana, 'Visitor', { call: true })]
    await door.serve(greeting, { greet: async ({ text }, call) => ({ text: `Hello ${text} at the ${call.location}` }) })
    const wanted = { to: 'ben', protocol: greeting, location: 'garden' }
    const waiting = visitor.granted(wanted)

    const offer = { to: 'ana', protocol: greeting.id, location: 'garden', untilMs: Date.now() + 3_600_000 }
    const { card } = (await ben.asHousehold('/v1/offers/preview', offer)) as { card: { text: string; hash: string } }
    expect(card.text).toContain('ana · garden: A greeting at the door')
    await expect(ben.asHousehold('/v1/offers', { ...offer, location: 'cellar', shown: card.hash })).rejects.toThrow('card-changed')
    await ben.asHousehold('/v1/offers', { ...offer, shown: card.hash })
    const offered = await waitFor('the offer', async () => ana.node.asks().find(({ kind }) => kind === 'offer'))
    await ana.node.approve(offered.id, { shown: offered.card.hash })

    expect(await waiting).toMatchObject({ direction: 'received', state: 'ACTIVE', location: 'garden' })
    expect(await visitor.client('ben', greeting, { location: 'garden' }).greet({ text: 'Ana' })).toEqual({
      text: 'Hello Ana at the garden',
    })
    expect(await door.grants()).toMatchObject([{ direction: 'given', petname: 'ana', state: 'ACTIVE' }])
  },
)
