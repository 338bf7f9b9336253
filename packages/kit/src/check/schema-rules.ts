import protobuf from 'protobufjs'
import { typesOf, type Schema, type SchemaShape } from './schema.ts'

/** Where in the schema, and a sentence. */
export interface SchemaFault {
  readonly field: string
  readonly says: string
}

function faultsOfType(type: protobuf.Type | protobuf.Enum): SchemaFault[] {
  const at = type.fullName.replace(/^\./, '')
  const wrong = (says: string, inside = ''): SchemaFault => ({ field: inside === '' ? at : `${at}.${inside}`, says })
  const faults: SchemaFault[] = []
  if (!/^[A-Z][A-Za-z0-9]*$/.test(type.name)) faults.push(wrong(`${type.name} is not written LikeThis.`))
  // What is nested is explained with the message around it.
  if (!type.comment && !(type.parent instanceof protobuf.Type)) faults.push(wrong(`No comment says what ${type.name} is.`))
  if (type instanceof protobuf.Enum) {
    if (Object.keys(type.values).length > 0 && !Object.values(type.values).includes(0))
      faults.push(wrong('No value is 0: an older writer could not leave it out.'))
    for (const name of Object.keys(type.values))
      if (!/^[A-Z][A-Z0-9_]*$/.test(name)) faults.push(wrong(`${name} is not written LIKE_THIS.`, name))
    return faults
  }
  for (const field of type.fieldsArray)
    if (!/^[a-z][A-Za-z0-9]*$/.test(field.name)) faults.push(wrong(`${field.name} is not written likeThis.`, field.name))
  return faults
}

/** What in a schema would make two implementations differ, or leaves its reader guessing. */
export function schemaFaults(schema: Schema): SchemaFault[] {
  return [
    ...(schema.syntax === 'proto3' ? [] : [{ field: 'syntax', says: 'The schema does not say syntax = "proto3".' }]),
    ...(/^[a-z][a-z0-9]*$/.test(schema.package)
      ? []
      : [{ field: 'package', says: 'The schema has no package of one word in small letters.' }]),
    ...schema.imports.map((file) => ({ field: 'import', says: `The schema imports ${file}: it must be readable by itself.` })),
    ...typesOf(schema.root).flatMap(faultsOfType),
  ]
}

/** Whether a peer that speaks the released schema still understands this one, and the other way round. Each fault is a reason for the next MAJOR. */
export function breakingFaults(now: SchemaShape, was: SchemaShape): SchemaFault[] {
  const faults: SchemaFault[] = []
  const isReserved = (type: string, number: string): boolean => now.reserved[type]?.includes(Number(number)) === true
  for (const [type, fields] of Object.entries(was.messages)) {
    const today = now.messages[type]
    if (!today) faults.push({ field: type, says: `The message ${type} was released and is gone.` })
    for (const [number, old] of Object.entries(today ? fields : {})) {
      const field = `${type}.${number}`
      const next = today![number]
      if (!next) {
        if (!isReserved(type, number))
          faults.push({ field, says: `Field ${number} (${old.name}) was released; without it, the number has to be reserved.` })
      } else if (next.name !== old.name)
        faults.push({ field, says: `Field ${number} was released as ${old.name}, and is now ${next.name}.` })
      else if (next.type !== old.type) faults.push({ field, says: `${old.name} was released as ${old.type}, and is now ${next.type}.` })
      else if (next.repeated !== old.repeated)
        faults.push({ field, says: `${old.name} was released as ${old.repeated ? 'repeated' : 'single'}, and is now the other.` })
      else if (next.oneof !== old.oneof)
        faults.push({
          field,
          says: `${old.name} was released ${old.oneof === undefined ? 'outside of a oneof' : `in the oneof ${old.oneof}`}, and moved.`,
        })
    }
  }
  for (const [type, values] of Object.entries(was.enums)) {
    const today = now.enums[type]
    if (!today) faults.push({ field: type, says: `The enum ${type} was released and is gone.` })
    for (const [number, name] of Object.entries(today ? values : {}))
      if (today![number] === undefined ? !isReserved(type, number) : today![number] !== name)
        faults.push({
          field: `${type}.${number}`,
          says: `The value ${number} was released as ${name}, and is now ${today![number] ?? 'gone without being reserved'}.`,
        })
  }
  for (const [type, numbers] of Object.entries(was.reserved))
    for (const number of numbers)
      if ((now.messages[type] ?? now.enums[type]) && !isReserved(type, String(number)))
        faults.push({ field: `${type}.${number}`, says: `The number ${number} was reserved when it was released, and is not any more.` })
  return faults
}
