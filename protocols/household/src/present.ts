import { limits, PorchlightError, type DeviceId } from '@porchlight/core'
import type { Handlers } from '@porchlight/sdk'
import type { CallDevice } from '@porchlight/wire'
import { emptyChain, type ChainBytes } from './chain-message.ts'
import { householdProtocol } from './definition.ts'

/** What a node lends to the answering side. */
export interface PresentHost {
  /**
   * Takes in what a device says of its household, and of ours; durable when it resolves.
   *
   * @returns our own chain for a device of a contact or of our own household; `undefined` for anybody else
   */
  take(device: DeviceId, said: { readonly own: ChainBytes; readonly yours: ChainBytes }): Promise<ChainBytes | undefined>
  wait(ms: number): Promise<void>
}

/**
 * Answers `present`. Whoever is not to learn anything gets zero bytes, always after the same time: how much was opened meanwhile does not show.
 *
 * @see protocols/household/SPEC.md#present
 */
export const servePresent =
  (host: PresentHost): Handlers<typeof householdProtocol>['present'] =>
  async (said, { device }) => {
    const [own] = await Promise.all([host.take(device, said), host.wait(limits.presentAnswerMs)])
    return { own }
  }

/**
 * Presents this device to another one.
 *
 * @param said  our own chain, and what we know of theirs
 * @returns     the chain that the device shows, empty when it shows nothing; unopened, and true only as far as its signatures are
 * @throws      what `call` throws, `BAD_REQUEST` for an answer that is none
 */
export async function present(
  call: CallDevice,
  device: DeviceId,
  said: { readonly own: ChainBytes; readonly yours?: ChainBytes },
  options: { signal?: AbortSignal } = {},
): Promise<ChainBytes> {
  const { input, output } = householdProtocol.methods.present
  const payload = input.encode({ own: said.own, yours: said.yours ?? emptyChain })
  const running = await call(device, { protocol: householdProtocol.id, method: 'present', payload }, options)
  const bytes = await running.result()
  try {
    return output.decode(bytes).own ?? emptyChain
  } catch (cause) {
    throw new PorchlightError('BAD_REQUEST', 'the other side answered with something unreadable', { cause })
  }
}
