import { CODE_P2P, multiaddr } from '@multiformats/multiaddr'
import { deviceId, PorchlightError, type DeviceId } from '@porchlight/core'

/**
 * The device of a DHT node that was set by hand.
 *
 * @throws `SETTING_INVALID` when it names no device, or is no address
 */
export function deviceOfBootstrap(address: string): DeviceId {
  try {
    const id = multiaddr(address)
      .getComponents()
      .findLast(({ code }) => code === CODE_P2P)?.value
    return deviceId(id ?? '')
  } catch (cause) {
    throw new PorchlightError(
      'SETTING_INVALID',
      `bootstrap ${address} is no address of a device, such as /ip4/192.0.2.1/tcp/4101/p2p/12D3KooW…`,
      { cause },
    )
  }
}
