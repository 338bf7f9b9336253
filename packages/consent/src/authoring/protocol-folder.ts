import { isCleanText, type ManifestBody, type ObjectId } from '@porchlight/core'
import { idOfBody } from '@porchlight/wire'
import type * as z from 'zod'
import { manifestType } from '../objects/index.ts'
import { manifestFaults } from '../objects/manifest-check.ts'
import { backing, definitionFaults, protocolFile, unneededScopes, type ProtocolFile } from './protocol-file.ts'
import { chainFaults, releasedFile, type Released } from './release-chain.ts'

/** One thing that is wrong with a protocol's folder: which file, where in it, and a sentence. */
export interface ProtocolFault {
  readonly file: string
  readonly field: string
  readonly says: string
}

export interface CheckedProtocol {
  /** Empty when the protocol may be published. */
  readonly faults: readonly ProtocolFault[]
  readonly protocol: ProtocolFile | undefined
  /** The consent text, when it is readable, with the id that it has once signed, and what backs each of its claims of "enforced". */
  readonly manifest: { readonly body: ManifestBody; readonly id: ObjectId; readonly enforced: Readonly<Record<string, string>> } | undefined
  readonly released: Released
}

/** Sections that a SPEC.md has; a heading may say more after the word. */
const sections = [
  'Status',
  'Goals',
  'Non-goals',
  'Terms',
  'Messages',
  'Flow',
  'Consent text',
  'Limits',
  'Errors',
  'Security',
  'Privacy',
  'Vectors',
]

/** Which files of a folder `checkProtocol` wants to see, by path relative to it. */
export const protocolFiles = (path: string): boolean =>
  /^(SPEC\.md|README\.md|[^/]+\.proto|protocol\.json|manifest\.json|released\.json|vectors\/[^/]+\.json)$/.test(path)

/**
 * Checks the folder of one protocol: that whoever is asked for consent reads everything in their language, that nothing is claimed which no
 * code backs, that nothing optional starts ticked, and that another implementation finds what it needs. Runs nothing of the protocol.
 *
 * @param files  path relative to the folder → text, see `protocolFiles`
 * @see docs/protocols.md
 */
export function checkProtocol(files: ReadonlyMap<string, string>): CheckedProtocol {
  const faults: ProtocolFault[] = []
  const add = (file: string, found: readonly { field: string; says: string }[]): void =>
    void faults.push(...found.map((fault) => ({ file, ...fault })))
  const wrong = (file: string, says: string, field = ''): void => add(file, [{ field, says }])

  const read = (file: string): unknown => {
    const text = files.get(file)
    try {
      if (text === undefined) wrong(file, 'The file is missing.')
      else return JSON.parse(text) as unknown
    } catch (error) {
      wrong(file, `The file is no JSON: ${error instanceof Error ? error.message : String(error)}.`)
    }
    return undefined
  }
  const parse = <T>(file: string, schema: z.ZodType<T>): T | undefined => {
    const value = read(file)
    if (value === undefined) return undefined
    const parsed = schema.safeParse(value)
    for (const { path, message } of parsed.error?.issues ?? []) wrong(file, `${message}.`, path.join('.'))
    return parsed.data
  }

  for (const [file, text] of files) if (text !== text.normalize('NFC') || !isCleanText(text.replace(/[\n\r\t]/g, ' '))) wrong(file, unclean)
  for (const file of ['SPEC.md', 'README.md']) if (!files.get(file)?.trim()) wrong(file, 'The file is missing.')
  const spec = files.get('SPEC.md')
  if (spec !== undefined)
    for (const section of sections)
      if (!new RegExp(`^## ${section}\\b`, 'm').test(spec)) wrong('SPEC.md', `The section "${section}" is missing.`, `## ${section}`)
  if (![...files.keys()].some((file) => file.endsWith('.proto'))) wrong('*.proto', 'There is no schema of the messages.')
  const vectors = [...files.keys()].filter((file) => file.startsWith('vectors/'))
  if (vectors.length === 0) wrong('vectors/', 'There is no vector for another implementation to check itself with.')
  for (const file of vectors) read(file)

  const protocol = parse('protocol.json', protocolFile)
  const body = read('manifest.json')
  const released = files.has('released.json') ? (parse('released.json', releasedFile) ?? []) : []
  const door = protocol?.door ?? 'grant'
  const textFaults = body === undefined ? [] : manifestFaults(body, door)
  add('manifest.json', textFaults)
  const parsed = manifestType.schema.safeParse(body)
  if (!parsed.success) return { faults, protocol, manifest: undefined, released }
  const manifest = parsed.data
  if (protocol) {
    add('protocol.json', definitionFaults(protocol, manifest))
    add('manifest.json', [...unneededScopes(protocol, manifest), ...languagesOfOurOwn(protocol, manifest)])
  }
  const id = idIfReadable(manifest)
  if (id === undefined) return { faults, protocol, manifest: undefined, released }
  add('manifest.json', chainFaults(manifest, id, released))
  return { faults, protocol, manifest: { body: manifest, id, enforced: backing(manifest, door) }, released }
}

/** `undefined` for a text that cannot be signed; its faults say why. */
function idIfReadable(manifest: ManifestBody): ObjectId | undefined {
  try {
    return idOfBody(manifestType, manifest)
  } catch {
    return undefined
  }
}

const unclean = 'The text is not NFC, or carries control, bidirectional or invisible characters.'

/** Porchlight's own protocols speak English and at least one more language. */
function languagesOfOurOwn({ id }: ProtocolFile, { langs }: ManifestBody): { field: string; says: string }[] {
  if (!id.startsWith('/porchlight/') || (langs.includes('en') && langs.length >= 2)) return []
  return [{ field: 'langs', says: 'A protocol of Porchlight speaks English and at least one more language.' }]
}
