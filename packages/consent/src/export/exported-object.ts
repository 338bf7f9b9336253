import type { DeviceId, ObjectId } from '@porchlight/core'
import { decodeCanonical, idOf, open, payloadOfEnvelope, type SignedType } from '@porchlight/wire'
import {
  askType,
  blockType,
  denyType,
  eraseType,
  givenType,
  grantType,
  manifestType,
  pauseType,
  receiptType,
  renounceType,
  resumeType,
  revokeType,
  unblockType,
} from '../objects/index.ts'

/** One line of `objects.ndjson`. */
export interface ObjectLine {
  readonly type: string
  readonly id: ObjectId
  /** The signed envelope in hex. */
  readonly envelope: string
  /** For a grant of this household: the text that was shown, which its hash is of. Signed by nobody, checked by the hash. */
  readonly shown?: { readonly text: string; readonly lang: string }
}

/** An object of the export whose every check passed. */
export interface ExportedObject {
  readonly type: string
  readonly id: ObjectId
  readonly signer: DeviceId
  readonly body: Readonly<Record<string, unknown>>
  readonly shown: ObjectLine['shown']
}

const types = [
  manifestType,
  askType,
  grantType,
  receiptType,
  revokeType,
  renounceType,
  givenType,
  denyType,
  blockType,
  unblockType,
  pauseType,
  resumeType,
  eraseType,
] as readonly SignedType<unknown>[]

/** The line of an object that this household keeps; `undefined` for bytes that are no object of a type that is exported. */
export function objectLine(envelope: Uint8Array, shown?: ObjectLine['shown']): ObjectLine | undefined {
  try {
    const payload = payloadOfEnvelope(envelope)
    const read = decodeCanonical(payload)
    const type = read.ok ? (read.value as { t?: unknown }).t : undefined
    if (!types.some(({ t }) => t === type)) return undefined
    return { type: type as string, id: idOf(payload), envelope: Buffer.from(envelope).toString('hex'), ...(shown ? { shown } : {}) }
  } catch {
    return undefined
  }
}

/** Opens a line with every check of the signed object. @returns the object, or why it is none */
export async function openLine({ type, id, envelope, shown }: ObjectLine): Promise<ExportedObject | string> {
  const known = types.find(({ t }) => t === type)
  if (known === undefined) return `is of the unknown type ${JSON.stringify(type)}`
  const opened = await open(known, new Uint8Array(Buffer.from(envelope, 'hex')))
  if (!opened.ok) return `is not a valid ${type}: ${opened.because}`
  if (opened.object.id !== id || Buffer.from(opened.object.bytes).toString('hex') !== envelope)
    return 'does not have the id that its line says'
  return { type, id: opened.object.id, signer: opened.object.signer, body: opened.object.body as ExportedObject['body'], shown }
}
