import { PorchlightError } from '@porchlight/core'

/** A plain file of an archive. */
export interface TarFile {
  /** Relative, at most 100 bytes, no `..`. */
  readonly name: string
  readonly bytes: Uint8Array
}

const blockBytes = 512
const text = new TextEncoder()
const latin = new TextDecoder('latin1')
const nameShape = /^(?!.*(^|\/)\.\.?(\/|$))[A-Za-z0-9._-]+(\/[A-Za-z0-9._-]+)*$/

const damaged = (what: string): PorchlightError =>
  new PorchlightError('SETTING_INVALID', `not a backup that can be read: ${what}`, { reason: 'backup-damaged' })

/**
 * Writes plain files as a POSIX.1-1988 ustar archive, which every tar reads: files only, owner 0, mode 0600, one time for all.
 *
 * @param atSec  unix seconds, the modification time of every file
 */
export function writeTar(files: readonly TarFile[], atSec: number): Uint8Array {
  const blocks = files.flatMap(({ name, bytes }) => [headerOf(name, bytes.byteLength, atSec), padded(bytes)])
  return new Uint8Array(Buffer.concat([...blocks, new Uint8Array(2 * blockBytes)]))
}

/**
 * Reads what `writeTar` writes and nothing else: no links, no directories, no long names. Every length and checksum is looked at.
 *
 * @throws `SETTING_INVALID` with reason `backup-damaged`
 */
export function readTar(archive: Uint8Array): TarFile[] {
  const files: TarFile[] = []
  for (let at = 0; ;) {
    const header = archive.subarray(at, at + blockBytes)
    if (header.byteLength < blockBytes) throw damaged('it ends early')
    if (header.every((byte) => byte === 0)) return files
    const name = field(header, 0, 100)
    const size = octal(header, 124, 12)
    if (!sameBytes(headerOf(name, size, octal(header, 136, 12)), header)) throw damaged('a file in it has a header of another kind')
    const bytes = archive.subarray(at + blockBytes, at + blockBytes + size)
    if (bytes.byteLength !== size) throw damaged('it ends early')
    if (files.some((file) => file.name === name)) throw damaged(`${name} is in it twice`)
    files.push({ name, bytes })
    at += blockBytes + Math.ceil(size / blockBytes) * blockBytes
  }
}

function headerOf(name: string, size: number, atSec: number): Uint8Array {
  if (!nameShape.test(name) || name.length > 100) throw damaged(`a file called ${JSON.stringify(name.slice(0, 100))}`)
  const header = new Uint8Array(blockBytes)
  const put = (at: number, value: string): void => header.set(text.encode(value), at)
  const putOctal = (at: number, width: number, value: number): void => put(at, value.toString(8).padStart(width - 1, '0'))
  put(0, name)
  putOctal(100, 8, 0o600)
  putOctal(108, 8, 0)
  putOctal(116, 8, 0)
  putOctal(124, 12, size)
  putOctal(136, 12, atSec)
  put(148, '        ')
  put(156, '0')
  put(257, 'ustar\0')
  put(263, '00')
  const sum = header.reduce((total, byte) => total + byte, 0)
  put(148, `${sum.toString(8).padStart(6, '0')}\0 `)
  return header
}

const padded = (bytes: Uint8Array): Uint8Array => {
  const whole = new Uint8Array(Math.ceil(bytes.byteLength / blockBytes) * blockBytes)
  whole.set(bytes)
  return whole
}

const field = (header: Uint8Array, at: number, width: number): string => latin.decode(header.subarray(at, at + width)).split('\0', 1)[0]!

function octal(header: Uint8Array, at: number, width: number): number {
  const digits = field(header, at, width)
  if (!/^[0-7]{11}$/.test(digits)) throw damaged('a number in it cannot be read')
  return Number.parseInt(digits, 8)
}

const sameBytes = (a: Uint8Array, b: Uint8Array): boolean => a.byteLength === b.byteLength && a.every((byte, index) => byte === b[index])
