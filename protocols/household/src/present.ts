import { limits, PorchlightError, type DeviceId } from '@porchlight/core'
import type { Handlers } from '@porchlight/sdk'
import type { CallDevice } from '@porchlight/wire'
import { emptyChain, type Shown } from './chain-message.ts'
import { householdProtocol, type Said } from './definition.ts'

/** What a node lends to the answering side. */
export interface PresentHost {
  /**
   * Takes in what a device says of its household, and of ours; durable when it resolves.
   *
   * @returns our own chain and checkpoints for a device of a contact or of our own household; `undefined` for anybody else
   */
  take(device: DeviceId, said: Said): Promise<Shown | undefined>
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
    const [shown] = await Promise.all([host.take(device, said), host.wait(limits.presentAnswerMs)])
    return { own: shown, checkpoints: shown?.checkpoints ?? [] }
  }

/**
 * Presents this device to another one.
 *
 * @param said  our own chain, what we know of theirs, and checkpoints of logs of both
 * @returns     the chain and checkpoints that the device shows, empty when it shows nothing; unopened, and true only as far as their signatures are
 * @throws      what `call` throws, `BAD_REQUEST` for an answer that is none
 */
export async function present(
  call: CallDevice,
  device: DeviceId,
  said: Partial<Said> & Pick<Said, 'own'>,
  options: { signal?: AbortSignal } = {},
): Promise<Shown> {
  const { input, output } = householdProtocol.methods.present
  const payload = input.encode({ own: said.own, yours: said.yours ?? emptyChain, checkpoints: said.checkpoints ?? [] })
  const running = await call(device, { protocol: householdProtocol.id, method: 'present', payload }, options)
  const bytes = await running.result()
  try {
    const { own, checkpoints } = output.decode(bytes)
    return { ...(own ?? emptyChain), checkpoints }
  } catch (cause) {
    throw new PorchlightError('BAD_REQUEST', 'the other side answered with something unreadable', { cause })
  }
}
