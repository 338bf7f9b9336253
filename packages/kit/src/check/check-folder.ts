import { checkProtocol, protocolFiles, type CheckedProtocol, type ProtocolFault } from '@porchlight/consent'
import * as z from 'zod'
import type { ConformanceFile } from '../cases/case-file.ts'
import { namesOf, requirementsOf, type Requirement } from './requirements.ts'
import { parseSchema, type Schema, type SchemaShape } from './schema.ts'
import { breakingFaults, schemaFaults } from './schema-rules.ts'
import { isConformance, messageFaults, readConformance } from './vector-rules.ts'

export const releasedSchemaFile = 'released-schema.json'

/** Which files of a folder `checkFolder` wants to see, by path relative to it. */
export const kitFiles = (path: string): boolean => protocolFiles(path) || path === releasedSchemaFile

const field = z.strictObject({ name: z.string(), type: z.string(), repeated: z.boolean(), oneof: z.string().optional() })
const releasedSchema = z.strictObject({
  messages: z.record(z.string(), z.record(z.string(), field)),
  enums: z.record(z.string(), z.record(z.string(), z.string())),
  reserved: z.record(z.string(), z.array(z.int())),
})

export interface CheckedFolder extends CheckedProtocol {
  readonly schema: Schema | undefined
  readonly requirements: readonly Requirement[]
  /** The conformance files, by path. */
  readonly conformance: ReadonlyMap<string, ConformanceFile>
}

/**
 * Checks the folder of one protocol: what `checkProtocol` of consent checks, the schema and whether it breaks what was released, the vectors,
 * and that every MUST of the SPEC has a case, a vector, or a reason why nobody can see it. Runs nothing of the protocol.
 *
 * @param files  path relative to the folder → text, see `kitFiles`
 * @see docs/protocols.md
 */
export function checkFolder(files: ReadonlyMap<string, string>): CheckedFolder {
  const checked = checkProtocol(files)
  const faults: ProtocolFault[] = [...checked.faults]
  const add = (file: string, found: readonly { field: string; says: string }[]): void =>
    void faults.push(...found.map((fault) => ({ file, ...fault })))
  const schema = readSchema(files, add)
  const was = readReleased(files, add)
  const [protoFile] = protosOf(files)
  if (schema && was && protoFile !== undefined) add(protoFile, breakingFaults(schema.shape, was))

  const spec = files.get('SPEC.md') ?? ''
  const requirements = requirementsOf(spec)
  const names = namesOf(spec)
  add('SPEC.md', wordsFaults(spec, checked, schema))

  const vectors = [...files.keys()].filter((path) => path.startsWith('vectors/'))
  const conformance = new Map<string, ConformanceFile>()
  for (const path of vectors) {
    const json = parsed(files.get(path)!)
    if (json === undefined) continue
    if (!isConformance(path)) {
      add(path, messageFaults(json, schema))
      continue
    }
    const read = readConformance(json, { protocol: checked.protocol, schema, names, vectors })
    add(path, read.faults)
    if (read.file) conformance.set(path, read.file)
  }
  if (vectors.length > 0 && !vectors.some(isConformance))
    add('vectors/', [
      { field: 'conformance.json', says: 'There is no vectors/conformance.json: nothing says what an implementation must do.' },
    ])
  else add('SPEC.md', uncovered(requirements, [...conformance.values()]))
  return { ...checked, faults, schema, requirements, conformance }
}

type Add = (file: string, found: readonly { field: string; says: string }[]) => void

const protosOf = (files: ReadonlyMap<string, string>): string[] => [...files.keys()].filter((path) => path.endsWith('.proto'))

function readSchema(files: ReadonlyMap<string, string>, add: Add): Schema | undefined {
  const [path, ...others] = protosOf(files)
  if (path === undefined) return undefined
  for (const other of others) add(other, [{ field: '', says: `The messages stand in ${path} already: a protocol has one schema.` }])
  try {
    const schema = parseSchema(files.get(path)!)
    add(path, schemaFaults(schema))
    return schema
  } catch (error) {
    add(path, [{ field: '', says: `The schema cannot be read: ${error instanceof Error ? error.message : String(error)}.` }])
    return undefined
  }
}

function readReleased(files: ReadonlyMap<string, string>, add: Add): SchemaShape | undefined {
  const text = files.get(releasedSchemaFile)
  if (text === undefined) return undefined
  const result = releasedSchema.safeParse(parsed(text))
  if (result.success) return result.data
  add(releasedSchemaFile, [{ field: '', says: 'This is no schema that "protocol check --release" wrote.' }])
  return undefined
}

/** What a SPEC.md has to speak of: each method, each reason, each message. */
function wordsFaults(spec: string, { protocol }: CheckedProtocol, schema: Schema | undefined): { field: string; says: string }[] {
  if (spec === '') return []
  const has = (word: string): boolean => new RegExp(`(^|[^A-Za-z0-9_])${word}($|[^A-Za-z0-9_])`, 'm').test(spec)
  const parts = new Set(Object.values(schema?.shape.messages ?? {}).flatMap((fields) => Object.values(fields).map(({ type }) => type)))
  // A message that only stands inside others is explained with them.
  const messages = Object.keys(schema?.shape.messages ?? {}).filter((name) => !name.includes('.') && !parts.has(name))
  return [
    ...Object.keys(protocol?.methods ?? {})
      .filter((name) => !has(name))
      .map((name) => ({ field: name, says: `The SPEC does not speak of the method ${name}.` })),
    ...(protocol?.reasons ?? [])
      .filter((name) => !has(name))
      .map((name) => ({ field: name, says: `The SPEC does not speak of the error ${name}.` })),
    ...messages.filter((name) => !has(name)).map((name) => ({ field: name, says: `The SPEC does not speak of the message ${name}.` })),
  ]
}

function uncovered(requirements: readonly Requirement[], files: readonly ConformanceFile[]): { field: string; says: string }[] {
  const covered = new Set(files.flatMap(({ cases, byVectors, unseen }) => [...cases, ...byVectors, ...unseen].flatMap(({ must }) => must)))
  return requirements
    .filter(({ id }) => !covered.has(id))
    .map(({ id, section, line }) => ({
      field: `line ${line}`,
      says: `No case, vector or reason shows the MUST ${id === '' ? section : id} ("${section}").`,
    }))
}

/** JSON that is none is `checkProtocol`'s to tell. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}
