import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Home, pair, waitFor } from '../harness/home.ts'
import { Internet } from './internet.ts'
import { UpnpRouter } from './upnp-router.ts'

const port = 4242
const forwarding = (internet: Internet, home: string): string[] => [`${port} → ${internet.address(home)}:${port}`]

// Nobody carries for anybody here: what gets through came in by a port that a router forwards.
describe('two homes whose routers speak UPnP, and a contact outside', () => {
  const open = new AsyncDisposableStack()
  let [internet, carol, ana, ben]: [Internet?, Home?, Home?, Home?] = []
  let routers: { ana: UpnpRouter; ben: UpnpRouter }

  beforeAll(async () => {
    internet = open.use(await Internet.create({ homes: { ana: 'cone', ben: 'cone' } }))
    const router = async (home: string): Promise<UpnpRouter> => open.use(await UpnpRouter.start(internet!, home))
    routers = { ana: await router('ana'), ben: await router('ben') }
    const start = async (name: string, machine = name): Promise<Home> =>
      open.use(await Home.start(name, { PORCHLIGHT_LISTEN: `/ip4/0.0.0.0/tcp/${port}` }, internet!.prefix(machine)))
    ;[carol, ana, ben] = await Promise.all([start('carol', 'r'), start('ana'), start('ben')])
  })
  afterAll(() => {
    return open.disposeAsync()
  })

  /** Waits until a home's contacts got through to it at the address that its router has now. */
  const isReached = (home: Home, address: string, mostMs: number): Promise<unknown> =>
    waitFor(
      `${home.name} to be reached at ${address}`,
      async () => (await home.json('GET', '/v1/status')).addresses.some((each: string) => each.startsWith(`/ip4/${address}/tcp/${port}/`)),
      mostMs,
    )

  test('a home without a contact asks its router for nothing', () => {
    expect([routers.ana.forwarded(), routers.ben.forwarded()]).toEqual([[], []])
  })

  test('with the first contact the port is forwarded, and told once that contact got through to it', async () => {
    await Promise.all([pair(carol!, ana!), pair(carol!, ben!)])
    await Promise.all([isReached(ana!, internet!.publicAddress('ana'), 15_000), isReached(ben!, internet!.publicAddress('ben'), 15_000)])
    expect(routers.ana.forwarded()).toEqual(forwarding(internet!, 'ana'))
    const { findings } = await ana!.json('GET', '/v1/doctor')
    expect(findings).toContainEqual(expect.objectContaining({ about: 'ipv4', level: 'ok' }))
  })

  test('a home behind another router comes in through it directly', async () => {
    await pair(ana!, ben!)
    expect((await ana!.cli('contacts')).find(({ petname }: { petname: string }) => petname === 'ben').path).toMatchObject({
      kind: 'direct',
    })
    const came = internet!.exec('ana', 'ss', '-Htn', 'state', 'established', `sport = :${port}`)
    expect(came).toContain(`${internet!.publicAddress('ben')}:`)
  })

  test('a router that was off and has forgotten the port is noticed, and so is one that has another address', async () => {
    await routers.ana.restart()
    expect(routers.ana.forwarded()).toEqual([])
    internet!.renumber('ben', 99)
    await waitFor('the port of ana to be forwarded again', async () => routers.ana.forwarded().length > 0, 40_000)
    await isReached(ben!, internet!.publicAddress('ben').replace(/\d+$/, '99'), 40_000)
    await isReached(ana!, internet!.publicAddress('ana'), 10_000)
  })

  test('a home that ends takes its port back', async () => {
    await ana!.endDaemon()
    expect([routers.ana.forwarded(), routers.ben.forwarded()]).toEqual([[], forwarding(internet!, 'ben')])
  })
})
