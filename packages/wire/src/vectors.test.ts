import { readFileSync } from 'node:fs'
import { equals } from 'uint8arrays/equals'
import { describe, expect, it } from 'vitest'
import { vectorType } from '../../../scripts/vectors/signed-objects.ts'
import { decodeCanonical, encodeCanonical, idOf } from './canonical.ts'
import { FrameStream } from './frame-stream.ts'
import type { gate } from './generated/gate.ts'
import { memoryByteStreams } from './memory-stream.ts'
import { open } from './signed.ts'

const fromHex = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'))
const vectors = <Case>(path: string): Case[] =>
  (JSON.parse(readFileSync(new URL(`../../../protocols/${path}`, import.meta.url), 'utf8')) as { cases: Case[] }).cases

interface SignedCase {
  name: string
  envelope: string
  valid: boolean
  because?: string
  payload?: string
  id?: string
  signer?: string
}

describe('signed objects', () => {
  it.each(vectors<SignedCase>('consent/vectors/signed-objects.json').map((vector) => [vector.name, vector] as const))(
    '%s',
    async (_, vector) => {
      const opened = await open(vectorType, fromHex(vector.envelope), (signer, { iss }) => signer === iss)
      if (!vector.valid) return expect(opened).toEqual({ ok: false, because: vector.because })
      if (!opened.ok) return expect.unreachable(opened.because)
      const payload = fromHex(vector.payload!)
      expect(opened.object).toMatchObject({ id: vector.id, signer: vector.signer })
      expect(idOf(payload)).toBe(vector.id)
      const read = decodeCanonical(payload)
      expect(read.ok && equals(encodeCanonical(read.value), payload)).toBe(true)
    },
  )
})

interface FrameCase {
  name: string
  bytes: string
  valid: boolean
  because?: string
  frame?: Record<string, Record<string, unknown>>
}

/** Bytes as hex, the way vectors write them. */
const shown = (frame: gate.Frame | undefined): unknown =>
  JSON.parse(JSON.stringify(frame, (_, value: unknown) => (value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value)))

describe('gate frames', () => {
  it.each(vectors<FrameCase>('gate/vectors/frames.json').map((vector) => [vector.name, vector] as const))('%s', async (_, vector) => {
    const [near, far] = memoryByteStreams()
    await far.write(fromHex(vector.bytes))
    if (vector.because === 'CLOSED') await far.closeWrite()
    const reading = new FrameStream(near).read()
    if (vector.valid) expect(shown(await reading)).toEqual(vector.frame)
    else await expect(reading).rejects.toMatchObject({ code: vector.because })
  })
})
