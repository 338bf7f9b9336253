import { PorchlightError, type DeviceId, type HouseholdId } from '@porchlight/core'
import { open } from '@porchlight/wire'
import { admitType, charterType, joinType, removeType, type Act } from './acts.ts'

/** Whether a household's document lets this device sign for it. */
export type SpeaksFor = (household: HouseholdId, device: DeviceId) => boolean

/**
 * Opens one act: a signed object of one of the four types, signed by a device of the household that it names as issuer.
 *
 * @throws `BAD_REQUEST` with the refusal of `open` as reason
 */
export async function openAct(bytes: Uint8Array, speaksFor: SpeaksFor): Promise<Act> {
  let because: string = 'type'
  const maySign = (signer: DeviceId, { iss, dev }: { iss: HouseholdId; dev: DeviceId }): boolean => dev === signer && speaksFor(iss, signer)
  for (const read of [
    async () => tagged('charter', await open(charterType, bytes, maySign)),
    async () => tagged('admit', await open(admitType, bytes, maySign)),
    async () => tagged('join', await open(joinType, bytes, maySign)),
    async () => tagged('remove', await open(removeType, bytes, maySign)),
  ]) {
    const opened = await read()
    if (opened.ok) return opened.act as Act
    if (opened.because !== 'type') because = opened.because
  }
  throw new PorchlightError('BAD_REQUEST', `not an act of a community: ${because}`, { reason: because })
}

type Read<Body> =
  | { readonly ok: true; readonly object: { readonly id: string; readonly body: Body } }
  | { readonly ok: false; readonly because: string }

const tagged = <Body>(t: Act['t'], opened: Read<Body>) =>
  opened.ok
    ? { ok: true as const, act: { t, id: opened.object.id, body: opened.object.body } }
    : { ok: false as const, because: opened.because }
