import { limits, PorchlightError } from '@porchlight/core'
import protobuf from 'protobufjs'

/** One field as it is on the wire and in JSON. */
export interface FieldShape {
  readonly name: string
  readonly type: string
  readonly repeated: boolean
  readonly oneof?: string
}

/** What of a schema others rely on: numbers, names and types. Comments and order are not in it. */
export interface SchemaShape {
  readonly messages: Readonly<Record<string, Readonly<Record<string, FieldShape>>>>
  readonly enums: Readonly<Record<string, Readonly<Record<string, string>>>>
  /** Numbers that may never be used again, by message or enum. */
  readonly reserved: Readonly<Record<string, readonly number[]>>
}

export interface Schema {
  readonly root: protobuf.Root
  readonly package: string
  readonly syntax: string | undefined
  readonly imports: readonly string[]
  readonly shape: SchemaShape
}

type Sorted<T> = Record<string, T>
const sorted = <T>(entries: [string, T][]): Sorted<T> => Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)))
const nameIn = (object: protobuf.ReflectionObject, pack: string): string => object.fullName.replace(`.${pack}.`, '').replace(/^\./, '')

/** Every message and enum below a namespace, nested ones included. */
export function typesOf(space: protobuf.NamespaceBase): (protobuf.Type | protobuf.Enum)[] {
  return space.nestedArray.flatMap((object) => {
    if (object instanceof protobuf.Type) return [object, ...typesOf(object)]
    if (object instanceof protobuf.Enum) return [object]
    return object instanceof protobuf.Namespace ? typesOf(object) : []
  })
}

/** Single reserved numbers, the first `limits.protocolReserved`: a range may be as long as numbers go. */
function numbersOf(reserved: readonly (number[] | string)[] | undefined): number[] {
  const numbers = new Set<number>()
  for (const range of reserved ?? []) {
    if (typeof range === 'string') continue
    for (let n = range[0]!; n <= range[1]! && numbers.size < limits.protocolReserved; n++) numbers.add(n)
  }
  return [...numbers]
}

function shapeOf(root: protobuf.Root, pack: string): SchemaShape {
  const all = typesOf(root)
  const messages = all.filter((type) => type instanceof protobuf.Type)
  const enums = all.filter((type) => type instanceof protobuf.Enum)
  const field = (each: protobuf.Field): FieldShape => ({
    name: each.name,
    type: `${each instanceof protobuf.MapField ? `map<${each.keyType}>` : ''}${each.resolvedType ? nameIn(each.resolvedType, pack) : each.type}`,
    repeated: each.repeated,
    ...(each.partOf ? { oneof: each.partOf.name } : {}),
  })
  return {
    messages: sorted(messages.map((type) => [nameIn(type, pack), sorted(type.fieldsArray.map((each) => [String(each.id), field(each)]))])),
    enums: sorted(enums.map((type) => [nameIn(type, pack), sorted(Object.entries(type.values).map(([name, id]) => [String(id), name]))])),
    reserved: sorted(
      all
        .map((type): [string, number[]] => [nameIn(type, pack), numbersOf(type.reserved).sort((a, b) => a - b)])
        .filter(([, numbers]) => numbers.length > 0),
    ),
  }
}

/**
 * Reads one `.proto` with protobufjs. Nothing is loaded beside it: imports are named, not followed.
 *
 * @throws `BAD_REQUEST` with the parser's words and line, when it cannot be read or names a type that is not there
 */
export function parseSchema(text: string): Schema {
  try {
    const root = new protobuf.Root()
    const parsed = protobuf.parse(text, root, { keepCase: true, alternateCommentMode: true })
    root.resolveAll()
    const pack = parsed.package ?? ''
    const syntax = /^\s*syntax\s*=\s*["'](\w+)["']/m.exec(text)?.[1]
    return { root, package: pack, syntax, imports: [...(parsed.imports ?? []), ...(parsed.weakImports ?? [])], shape: shapeOf(root, pack) }
  } catch (cause) {
    throw new PorchlightError('BAD_REQUEST', cause instanceof Error ? cause.message : String(cause), { reason: 'schema', cause })
  }
}
