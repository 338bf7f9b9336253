import type { ProtocolFile } from '@porchlight/consent'
import { conformanceFile, type ConformanceFile, type Payload } from '../cases/case-file.ts'
import { codecOf, fromHex, messageOf, readMessage } from './codec.ts'
import type { Schema, SchemaShape } from './schema.ts'
import type { SchemaFault } from './schema-rules.ts'

const isHex = (value: unknown): value is string => typeof value === 'string' && /^([0-9a-f]{2})*$/.test(value)
const scalars = /^(u?int32|u?int64|sint(32|64)|s?fixed(32|64)|bool|string|bytes|float|double)$/

/** Whether a file of vectors is one that the conformance runner reads. */
export const isConformance = (path: string): boolean => /^vectors\/conformance[^/]*\.json$/.test(path)

interface MessageVector {
  readonly message?: unknown
  readonly bytes?: unknown
  readonly valid?: unknown
  readonly fields?: unknown
}

/**
 * Runs the vectors of messages against the schema: `{name, message, bytes, valid, fields}`. A valid one has to decode, and to say in its plain
 * fields what `fields` says. Vectors of other shapes are for code to run, and are looked at for hexadecimal text and repetition only.
 */
export function messageFaults(json: unknown, schema: Schema | undefined): SchemaFault[] {
  const { cases } = (typeof json === 'object' && json !== null ? json : {}) as { cases?: unknown }
  if (!Array.isArray(cases)) return []
  const seen = new Set<string>()
  return (cases as MessageVector[]).flatMap((vector, at): SchemaFault[] => {
    const field = `cases[${at}]`
    if (typeof vector !== 'object' || vector === null) return [{ field, says: 'The case is no object.' }]
    const { message, bytes, valid, fields } = vector
    const faults: SchemaFault[] = []
    const whole = JSON.stringify(vector)
    if (seen.has(whole)) faults.push({ field, says: 'The same case stands there twice.' })
    seen.add(whole)
    if (bytes !== undefined && !isHex(bytes))
      return [...faults, { field: `${field}.bytes`, says: 'The bytes are not hexadecimal in small letters.' }]
    if (!isHex(bytes) || typeof message !== 'string' || schema === undefined) return faults
    return [...faults, ...oneFault(field, { message, bytes, valid: valid !== false, fields }, schema)]
  })
}

function oneFault(
  field: string,
  { message, bytes, valid, fields }: { message: string; bytes: string; valid: boolean; fields: unknown },
  schema: Schema,
): SchemaFault[] {
  let type
  try {
    type = messageOf(schema, message)
  } catch {
    return [{ field: `${field}.message`, says: `The schema has no message ${message}.` }]
  }
  // What is refused may be readable: a value that the meaning forbids.
  if (!valid) return []
  let read: Record<string, unknown>
  try {
    read = readMessage(type, fromHex(bytes))
  } catch (error) {
    return [
      {
        field: `${field}.bytes`,
        says: `The case is valid, but its bytes are no ${message}: ${error instanceof Error ? error.message : String(error)}.`,
      },
    ]
  }
  return Object.entries(typeof fields === 'object' && fields !== null ? fields : {}).flatMap(([name, said]) => {
    const known = type.fields[name]
    if (!known) return [{ field: `${field}.fields.${name}`, says: `${message} has no field ${name}.` }]
    if (!scalars.test(known.type) || said === null) return []
    const was = JSON.stringify(read[name])
    return was === JSON.stringify(said)
      ? []
      : [{ field: `${field}.fields.${name}`, says: `The bytes say ${was}, the case says ${JSON.stringify(said)}.` }]
  })
}

export interface ConformanceContext {
  readonly protocol: ProtocolFile | undefined
  readonly schema: Schema | undefined
  /** What a case may name as its MUST: see `namesOf`. */
  readonly names: ReadonlySet<string>
  /** Paths of all files of vectors. */
  readonly vectors: readonly string[]
}

/** Reads one `vectors/conformance*.json`, and says where it does not fit SPEC, schema or definition. */
export function readConformance(json: unknown, context: ConformanceContext): { file: ConformanceFile | undefined; faults: SchemaFault[] } {
  const parsed = conformanceFile.safeParse(json)
  if (!parsed.success)
    return { file: undefined, faults: parsed.error.issues.map(({ path, message }) => ({ field: path.join('.'), says: `${message}.` })) }
  const file = parsed.data
  const faults: SchemaFault[] = []
  const { protocol, schema, names, vectors } = context
  if (protocol && protocol.id !== file.protocol)
    faults.push({ field: 'protocol', says: `The cases are of ${file.protocol}, the protocol is ${protocol.id}.` })
  const lists = [
    ...file.cases.map((each, at) => [`cases[${at}]`, each.must] as const),
    ...file.byVectors.map((each, at) => [`byVectors[${at}]`, each.must] as const),
    ...file.unseen.map((each, at) => [`unseen[${at}]`, each.must] as const),
  ]
  for (const [field, must] of lists)
    for (const name of must)
      if (!names.has(name)) faults.push({ field: `${field}.must`, says: `The SPEC has no requirement and no heading "${name}".` })
  for (const [at, { file: name }] of file.byVectors.entries())
    if (!vectors.includes(`vectors/${name}`)) faults.push({ field: `byVectors[${at}].file`, says: `There is no vectors/${name}.` })
  const seen = new Set<string>()
  for (const [at, { name }] of file.cases.entries()) {
    if (seen.has(name)) faults.push({ field: `cases[${at}].name`, says: `Two cases are named "${name}".` })
    seen.add(name)
  }
  for (const [method, { input, output }] of Object.entries(file.messages ?? {})) {
    if (protocol && !protocol.methods[method]) faults.push({ field: `messages.${method}`, says: `The protocol has no method ${method}.` })
    for (const [which, message] of [
      ['input', input],
      ['output', output],
    ] as const)
      if (schema && !hasMessage(schema.shape, message))
        faults.push({ field: `messages.${method}.${which}`, says: `The schema has no message ${message}.` })
  }
  if (faults.length === 0) faults.push(...payloadFaults(file, schema))
  return { file, faults }
}

const hasMessage = (shape: SchemaShape, name: string): boolean => Object.hasOwn(shape.messages, name)

/** Values of cases that the schema cannot carry. */
function payloadFaults(file: ConformanceFile, schema: Schema | undefined): SchemaFault[] {
  const codec = codecOf(file, schema)
  return file.cases.flatMap((each, at) => {
    if (!('call' in each)) return []
    const messages = file.messages?.[each.call.method]
    const answer = 'error' in each.expect ? {} : each.expect
    const payloads: [string, Payload | undefined, string | undefined][] = [
      [`cases[${at}].call.input`, each.call.input, messages?.input],
      [`cases[${at}].expect.ok`, answer.ok, messages?.output],
      ...(answer.messages ?? []).map((payload, n): [string, Payload, string | undefined] => [
        `cases[${at}].expect.messages[${n}]`,
        payload,
        messages?.output,
      ]),
    ]
    return payloads.flatMap(([field, payload, message]) => {
      try {
        codec.encode(payload, message)
        return []
      } catch (error) {
        return [{ field, says: `${error instanceof Error ? error.message : String(error)}.` }]
      }
    })
  })
}
