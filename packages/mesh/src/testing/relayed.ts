import type { DeviceId } from '@porchlight/core'
import type { SigningKey } from '@porchlight/wire'
import type { Mesh, MeshOptions } from '../mesh.ts'
import type { RelayLease, RelayRules } from '../relay/relaying.ts'
import { loopbackMesh, openGate, until } from './loopback.ts'

/** Rules under which everybody may be carried without bounds. */
export function openRules(changes: Partial<RelayRules> = {}): RelayRules {
  return { mayReserve: () => true, carry: () => lease(), ...changes }
}

export function lease(changes: Partial<RelayLease> = {}): RelayLease {
  return { signal: new AbortController().signal, done: () => {}, ...changes }
}

export interface Trio {
  readonly relay: Mesh
  /** Listens nowhere; has a place on the relay. */
  readonly home: Mesh
  /** Keeps the home by its address through the relay. */
  readonly caller: Mesh
}

/** A home that nobody can dial, a relay it has a place on, and a caller who knows the home through the relay alone. @param made gets each mesh, to be stopped */
export async function trio(
  made: (mesh: Mesh) => void,
  options: { rules?: RelayRules; key?: SigningKey; home?: Partial<MeshOptions> } = {},
): Promise<Trio> {
  const add = async (with_: Partial<MeshOptions>): Promise<Mesh> => {
    const mesh = await loopbackMesh(with_)
    made(mesh)
    return mesh
  }
  const relay = await add({ relay: options.rules ?? openRules(), ...(options.key ? { key: options.key } : {}) })
  const echo = openGate({ echo: async (call) => call.payload })
  const home = await add({ listen: [], gate: echo, ...options.home })
  const caller = await add({ listen: [] })
  home.useRelays([{ device: relay.device, addresses: relay.addresses() }])
  await held(home, relay.device)
  caller.keep(home.device, home.addresses())
  return { relay, home, caller }
}

/** Resolves when a place on the relay is held. */
export const held = (home: Mesh, relay: DeviceId): Promise<void> =>
  until(home, () => home.reservations().some((place) => place.relay === relay && place.state === 'held'))
