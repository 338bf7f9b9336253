import { PorchlightError } from '@porchlight/core'
import protobuf from 'protobufjs'
import type { ConformanceFile, Payload } from '../cases/case-file.ts'
import type { Schema } from './schema.ts'

export const fromHex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'))
export const toHex = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')

const plain = { longs: Number, enums: String, bytes: String, defaults: true, arrays: true, objects: true } as const

/** The message of a schema, by its name. @throws `BAD_REQUEST` when there is none */
export function messageOf(schema: Schema, name: string): protobuf.Type {
  const found = schema.root.lookup(schema.package === '' ? name : `${schema.package}.${name}`, [protobuf.Type])
  if (!(found instanceof protobuf.Type)) throw new PorchlightError('BAD_REQUEST', `the schema has no message ${name}`, { reason: 'schema' })
  return found
}

/** Reads a message: bytes as hexadecimal text, numbers as numbers, every field with its default. @throws when the bytes are no such message */
export function readMessage(type: protobuf.Type, bytes: Uint8Array): Record<string, unknown> {
  const value = type.toObject(type.decode(bytes), { ...plain, bytes: Array }) as Record<string, unknown>
  return hexed(type, value)
}

/** The bytes of a field, which protobufjs gives as numbers, as hexadecimal text: what vectors carry. */
function hexed(type: protobuf.Type, value: Record<string, unknown>): Record<string, unknown> {
  const one = (field: protobuf.Field, item: unknown): unknown => {
    if (field.type === 'bytes') return toHex(Uint8Array.from(item as number[]))
    return field.resolvedType instanceof protobuf.Type && item !== null ? hexed(field.resolvedType, item as Record<string, unknown>) : item
  }
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => {
      const field = type.fields[name]
      if (!field || field instanceof protobuf.MapField) return [name, item]
      return [name, field.repeated ? (item as unknown[]).map((each) => one(field, each)) : one(field, item)]
    }),
  )
}

/** @throws `BAD_REQUEST` when the value has a field that the message has not, or one of another type */
export function writeMessage(type: protobuf.Type, value: unknown): Uint8Array {
  const refuse = (message: string): never => {
    throw new PorchlightError('BAD_REQUEST', message, { reason: 'schema' })
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return refuse(`${type.name} is no object`)
  for (const name of Object.keys(value)) if (!type.fields[name]) refuse(`${type.name} has no field ${name}`)
  const wrong = type.verify(value)
  if (wrong) refuse(`${type.name}: ${wrong}`)
  return type.encode(type.fromObject(value)).finish()
}

/** How the values of a conformance file become bytes, and back. */
export interface Codec {
  /** @throws `BAD_REQUEST` when the value does not fit the schema */
  encode(payload: Payload | undefined, message: string | undefined): Uint8Array
  /** A value that compares by its JSON. @throws when the bytes are not readable */
  decode(bytes: Uint8Array, message: string | undefined): unknown
}

/** @param schema  of the protocol; without it only `hex`, `text` and, in JSON files, any value */
export function codecOf(file: Pick<ConformanceFile, 'encoding'>, schema: Schema | undefined): Codec {
  const typeOf = (message: string | undefined): protobuf.Type | undefined =>
    message === undefined || schema === undefined ? undefined : messageOf(schema, message)
  return {
    encode: (payload, message) => {
      if (payload === undefined) return new Uint8Array()
      if ('hex' in payload) return Uint8Array.from([...fromHex(payload.hex), ...new Uint8Array(payload.zeros ?? 0)])
      if ('text' in payload) return new TextEncoder().encode(payload.text)
      const type = typeOf(message)
      if (file.encoding === 'json') {
        if (type) writeMessage(type, payload.value)
        return new TextEncoder().encode(JSON.stringify(payload.value))
      }
      if (!type)
        throw new PorchlightError('BAD_REQUEST', 'a value without a message of the schema: name it in "messages"', { reason: 'schema' })
      return writeMessage(type, payload.value)
    },
    decode: (bytes, message) => {
      if (file.encoding === 'json') return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as unknown
      const type = typeOf(message)
      return type ? readMessage(type, bytes) : toHex(bytes)
    },
  }
}
