import { limits, PorchlightError, type DeviceId } from '@porchlight/core'
import { soundKeyOf, signedByDevice, type SigningKey } from '@porchlight/wire'
import { createHash } from 'node:crypto'

/**
 * Signed notes: a text and below it one signature line, so that a person can read what a program verifies.
 * C2SP signed-note (https://c2sp.org/signed-note), with two deviations: exactly one signature line, and only its one encoding is read.
 * The text says by itself whose key signs it: its first line, which is the name of the key too.
 *
 * @see protocols/consent/SPEC.md#notes
 */

/** Signature type of plain Ed25519 over the text. */
const ed25519Type = 1
const signatureBytes = 64
const keyHashBytes = 4

const utf8 = new TextEncoder()

/** The first bytes of SHA-256(name ‖ line feed ‖ type ‖ public key): which key, never proof of it. */
function keyHash(name: string, raw: Uint8Array): Uint8Array {
  const hash = createHash('sha256')
    .update(utf8.encode(`${name}\n`))
    .update(Uint8Array.of(ed25519Type))
    .update(raw)
  return new Uint8Array(hash.digest()).subarray(0, keyHashBytes)
}

/** Key names hold no space and no plus; ours are words, slashes and ids. */
const nameShape = /^[A-Za-z0-9./-]{1,200}$/

function render(text: string, name: string, signature: Uint8Array, raw: Uint8Array): string {
  return `${text}\n— ${name} ${Buffer.concat([keyHash(name, raw), signature]).toString('base64')}\n`
}

/** Whether a text may be signed: lines that end, without control characters. */
const isNoteText = (text: string): boolean =>
  text.endsWith('\n') && text.isWellFormed() && ![...text].some((char) => char !== '\n' && (char < ' ' || char === '\u007f'))

/**
 * Signs a text.
 *
 * @param lines  without line feeds; the first is the name of the key
 * @throws       `INTERNAL` for lines that no note can hold
 */
export async function signNote(lines: readonly string[], key: SigningKey): Promise<string> {
  const text = `${lines.join('\n')}\n`
  const name = lines[0] ?? ''
  if (!nameShape.test(name) || lines.some((line) => line === '' || line.includes('\n')) || !isNoteText(text))
    throw new PorchlightError('INTERNAL', 'not a text for a signed note', { reason: 'note' })
  return render(text, name, await key.sign(utf8.encode(text)), key.publicKey.raw)
}

/**
 * Opens a note that a device signed.
 *
 * @param limitBytes  longest note that is looked at
 * @returns           the lines of its text, or `undefined` when one byte of it is not as the device wrote it; never throws
 */
export function openNote(note: string, device: DeviceId, limitBytes: number = limits.noteBytes): string[] | undefined {
  if (note.length > limitBytes) return undefined
  const end = note.lastIndexOf('\n\n')
  const text = note.slice(0, end + 1)
  const name = text.slice(0, text.indexOf('\n'))
  const raw = soundKeyOf(device)
  const written = /^— [^ \n]+ ([A-Za-z0-9+/]+={0,2})\n$/.exec(note.slice(end + 2))?.[1]
  if (end < 0 || !nameShape.test(name) || !isNoteText(text) || raw === undefined || written === undefined) return undefined
  const blob = new Uint8Array(Buffer.from(written, 'base64'))
  const signature = blob.subarray(keyHashBytes)
  // Writing it again leaves no room for a second encoding: of the base64, of the name, of the key hash.
  if (signature.byteLength !== signatureBytes || render(text, name, signature, raw) !== note) return undefined
  return signedByDevice(device, utf8.encode(text), signature) ? text.slice(0, -1).split('\n') : undefined
}
