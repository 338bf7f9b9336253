import { deviceId, PorchlightError, type DeviceId } from '@porchlight/core'
import { deviceIdOf, type SigningKey } from '@porchlight/wire'
import { openNote, signNote } from './note.ts'
import { hashBytes } from './tree.ts'

/** How long one device's log was, and its root then. It carries no time: who is shown it learns nothing about when. */
export interface Checkpoint {
  readonly device: DeviceId
  /** Entries, at least 1. */
  readonly size: number
  readonly root: Uint8Array
}

const originPrefix = 'porchlight/log/'

/**
 * Signs a checkpoint: a note of three lines, as C2SP tlog-checkpoint has it (https://c2sp.org/tlog-checkpoint): origin, size, root in base64.
 *
 * @see protocols/consent/SPEC.md#checkpoints
 */
export async function sealCheckpoint({ device, size, root }: Checkpoint, key: SigningKey): Promise<string> {
  if (device !== deviceIdOf(key)) throw new PorchlightError('INTERNAL', 'a checkpoint is signed by the device whose log it is of')
  return signNote([`${originPrefix}${device}`, String(size), Buffer.from(root).toString('base64')], key)
}

/** Reads a checkpoint that the device it names has signed. @returns `undefined` for anything else; never throws */
export function openCheckpoint(note: string): Checkpoint | undefined {
  const origin = /^porchlight\/log\/([^\n]+)\n/.exec(note)?.[1]
  if (origin === undefined) return undefined
  let device: DeviceId
  try {
    device = deviceId(origin)
  } catch {
    return undefined
  }
  const [, sizeText, rootText, ...more] = openNote(note, device) ?? []
  if (sizeText === undefined || rootText === undefined || more.length > 0) return undefined
  const size = Number(sizeText)
  const root = new Uint8Array(Buffer.from(rootText, 'base64'))
  if (!Number.isSafeInteger(size) || size < 1 || String(size) !== sizeText) return undefined
  return root.byteLength === hashBytes && Buffer.from(root).toString('base64') === rootText ? { device, size, root } : undefined
}
