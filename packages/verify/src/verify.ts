import { openCheckpoint } from '@porchlight/consent'
import { limits, type DeviceId, type HouseholdId } from '@porchlight/core'
import { openChain, type Chain } from '@porchlight/identity'
import { checkLog, notesIn } from './check-log.ts'
import { checkObjects } from './check-objects.ts'
import { readExport } from './export-files.ts'

/** One thing that is not as it must be; `kind` groups what one cause can break. */
export interface Fault {
  readonly kind: 'files' | 'household' | 'contacts' | 'objects' | 'log' | 'checkpoints'
  readonly what: string
}

export interface Report {
  /** What was checked and found right, in words. */
  readonly checked: readonly string[]
  readonly faults: readonly Fault[]
}

interface Documented {
  readonly household: HouseholdId
  readonly device: DeviceId
  readonly documents: readonly string[]
  readonly suspensions: readonly string[]
}

const bytesOf = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex, 'hex'))
const chainOf = ({ documents, suspensions }: Documented): Promise<Chain> =>
  openChain({ documents: documents.map(bytesOf), suspensions: suspensions.map(bytesOf) })

/**
 * Checks an export of a household: the files against their signed list, and then everything in them by itself, as if nobody had signed that list.
 *
 * @param checkpoint  a checkpoint of the log that came another way; with it an export that was cut off at its end is found too
 * @throws            only when the directory cannot be read
 */
export async function verifyExport(dir: string, { checkpoint }: { checkpoint?: string } = {}): Promise<Report> {
  const files = await readExport(dir)
  const text = (path: string): string => files.texts.get(path) ?? ''
  const faults: Fault[] = files.faults.map((what) => ({ kind: 'files', what }))
  const checked: string[] = []
  const attempt = async (kind: Fault['kind'], work: () => Promise<readonly string[] | undefined>): Promise<void> => {
    const sound = checked.length
    try {
      const found = (await work()) ?? []
      for (const what of found) faults.push({ kind, what })
      // What was only partly right is not said to be.
      if (found.length > 0) checked.length = sound
    } catch (error) {
      checked.length = sound
      faults.push({ kind, what: `not readable: ${(error instanceof Error ? error.message : String(error)).slice(0, limits.textChars)}` })
    }
  }
  const chains = new Map<string, Chain>()
  let own: Documented | undefined

  await attempt('household', async () => {
    const said = JSON.parse(text('household.json')) as Documented
    const chain = await chainOf(said)
    if (chain.household !== said.household) return ['household.json has the documents of another household']
    chains.set(chain.household, chain)
    own = said
    const listed = chain.documents.some(({ body }) => body.devices.some(({ key }) => key === said.device))
    checked.push(
      `household ${chain.household}: ${chain.documents.length} documents, ${chain.suspensions.length} suspensions, device ${said.device}`,
    )
    return [
      ...(listed ? [] : ['the device that wrote the export is in no document of the household']),
      ...(files.device === said.device ? [] : ['the list of files is signed by another device']),
      ...(files.household === said.household ? [] : ['the list of files is of another household']),
    ]
  })
  await attempt('contacts', async () => {
    const wrong: string[] = []
    for (const contact of JSON.parse(text('contacts.json')) as Documented[]) {
      const chain = await chainOf(contact)
      if (chain.household === contact.household) chains.set(chain.household, chain)
      else wrong.push(`contact ${contact.household} has the documents of another household`)
    }
    checked.push(`${chains.size - (own ? 1 : 0)} contacts with their documents`)
    return wrong
  })
  await attempt('objects', async () => {
    if (!own) return ['cannot be checked without the household']
    const found = await checkObjects({
      lines: text('objects.ndjson'),
      records: text('consent-records.json'),
      household: own.household,
      chains,
    })
    checked.push(
      `${found.objects} signed objects, ${found.grants} of them grants, ${found.shown} with the text that was shown`,
      'the consent records say what these objects say',
    )
    if (found.unknown > 0)
      checked.push(
        `${found.unknown} objects are of households whose documents are not here: their signatures are right, no more can be said`,
      )
    return found.faults
  })
  await attempt('log', async () => {
    if (!own) return ['cannot be checked without the household']
    const found = await checkLog({
      audit: text('audit.ndjson'),
      own: text('checkpoints/own.notes'),
      device: own.device,
      elsewhere: checkpoint,
    })
    const root = found.newest ? Buffer.from(found.newest.root).toString('base64') : 'none'
    checked.push(
      `a log of ${found.entries} entries, ${found.erased} of them erased: chain, tree and ${found.checkpoints} checkpoints; root ${root}`,
    )
    return found.faults
  })
  await attempt('checkpoints', async () => {
    const notes = notesIn(text('checkpoints/seen.notes'))
    checked.push(`${notes.length} checkpoints of other devices`)
    return notes.every((note) => openCheckpoint(note)) ? [] : ['a checkpoint of another device is not one that it signed']
  })
  return { checked, faults }
}
