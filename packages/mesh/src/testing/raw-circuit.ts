import type { Libp2p } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'
import { hopProtocol, stopProtocol } from '../relay/relay-protocol.ts'

const MiB = 1024 * 1024

/**
 * Pushes bytes through a relay to a home that takes the circuit and then reads nothing of it, by the bytes of circuit relay v2 themselves.
 *
 * @returns how many bytes the relay and the connections took in before the sender had to wait for 3 s, at most `mostBytes`
 */
export async function pushToSilentHome(
  { caller, home, relay }: { caller: Libp2p; home: Libp2p; relay: Multiaddr[] },
  mostBytes = 64 * MiB,
): Promise<number> {
  await home.handle(
    stopProtocol,
    (stream) => {
      const take = (): void => {
        stream.removeEventListener('message', take)
        // STATUS OK, length-prefixed.
        stream.send(Uint8Array.from([4, 8, 1, 32, 100]))
        stream.pause()
      }
      stream.addEventListener('message', take)
    },
    { force: true },
  )
  const asking = await (await home.dial(relay)).newStream(hopProtocol)
  const reserved = new Promise((resolve) => asking.addEventListener('message', resolve, { once: true }))
  asking.send(Uint8Array.from([2, 8, 0]))
  await reserved
  const hop = await (await caller.dial(relay)).newStream(hopProtocol)
  const id = home.peerId.toMultihash().bytes
  const agreed = new Promise((resolve) => hop.addEventListener('message', resolve, { once: true }))
  hop.addEventListener('message', () => {})
  hop.send(Uint8Array.from([id.length + 6, 8, 1, 18, id.length + 2, 10, id.length, ...id]))
  await agreed
  const chunk = new Uint8Array(MiB / 4)
  let sent = 0
  for (; sent < mostBytes; sent += chunk.length)
    if (!hop.send(chunk)) {
      const drained = new Promise((resolve) => hop.addEventListener('drain', () => resolve(true), { once: true }))
      if ((await Promise.race([drained, new Promise((resolve) => setTimeout(() => resolve(false), 3000))])) !== true) break
    }
  return sent
}
