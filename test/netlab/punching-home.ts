// A node of a test internet: a relay, or a home that is reached through it. Reads one line of JSON from its arguments; writes one for each event.
import { deviceId, type DeviceId } from '@porchlight/core'
import { createMesh, type KnownRelay } from '@porchlight/mesh'
import { keyFromSeed } from '@porchlight/wire'

export interface PunchingHomeSettings {
  readonly seed: number
  readonly listen: readonly string[]
  /** Whether it carries for everybody. */
  readonly relays?: boolean
  /** Relays to have places on. */
  readonly through?: readonly KnownRelay[]
  /** A device to keep, and where it is said to be. */
  readonly keep?: { readonly device: string; readonly addresses: readonly string[] }
}

const { seed, listen, relays, through, keep } = JSON.parse(process.argv[2]!) as PunchingHomeSettings
const device = keep && deviceId(keep.device)

function say(event: string, fields: Readonly<Record<string, unknown>> = {}): void {
  process.stdout.write(`${JSON.stringify({ event, atMs: Date.now(), ...fields })}\n`)
}

const mesh = await createMesh({
  key: await keyFromSeed(new Uint8Array(32).fill(seed)),
  listen,
  mdns: false,
  gate: (call) => ({
    allow: true,
    household: undefined,
    scopes: new Set(),
    signal: new AbortController().signal,
    done: () => {},
    handler: async () => call.payload,
  }),
  log: say,
  ...(relays ? { relay: { mayReserve: () => true, carry: () => ({ signal: new AbortController().signal, done: () => {} }) } } : {}),
})
say('started', { device: mesh.device, addresses: mesh.addresses() })
mesh.on('reservations', () => {
  const held = mesh.reservations().filter(({ state }) => state === 'held')
  say('places', { addresses: held.flatMap(({ addresses }) => addresses), mappings: mesh.mappings() })
})
if (through) mesh.useRelays(through)
if (device) {
  mesh.keep(device, keep.addresses)
  watchPath(device)
}

/** Says when the way to a device becomes another one. */
function watchPath(to: DeviceId): void {
  let last = ''
  setInterval(() => {
    const open = mesh.connections().filter((connection) => connection.device === to)
    const path = open.some(({ relayed }) => !relayed) ? 'direct' : open.length > 0 ? 'relayed' : 'none'
    if (path === last) return
    last = path
    say('path', { path, open: open.map(({ remoteAddress, sinceMs, direction }) => ({ remoteAddress, sinceMs, direction })) })
  }, 10)
}

process.on('SIGTERM', () => void mesh.stop().then(() => process.exit()))
