import { isDeepStrictEqual } from 'node:util'
import {
  cardHash,
  consentRecords,
  openLine,
  type ExportedObject,
  type GrantBody,
  type ObjectLine,
  type ReceiptBody,
} from '@porchlight/consent'
import type { DeviceId, HouseholdId, ObjectId } from '@porchlight/core'
import { couldSign, type Chain } from '@porchlight/identity'

export interface ObjectFindings {
  readonly objects: number
  readonly grants: number
  readonly shown: number
  /** Objects of households whose documents are not here: their signatures are right, whose they are cannot be said. */
  readonly unknown: number
  readonly faults: readonly string[]
}

/** Checks every signed object by itself, that they belong together, and that the consent records say what they say. */
export async function checkObjects(input: {
  readonly lines: string
  readonly records: string
  readonly household: HouseholdId
  /** Own chain and those of contacts. */
  readonly chains: ReadonlyMap<string, Chain>
}): Promise<ObjectFindings> {
  const { lines, records, household, chains } = input
  const faults: string[] = []
  const objects = new Map<ObjectId, ExportedObject>()
  for (const [at, line] of lines.split('\n').slice(0, -1).entries()) {
    const opened = await openLine(JSON.parse(line) as ObjectLine)
    if (typeof opened === 'string') faults.push(`line ${at + 1} of objects.ndjson ${opened}`)
    else objects.set(opened.id, opened)
  }
  let unknown = 0
  let shown = 0
  for (const object of objects.values()) {
    const say = (what: string): void => void faults.push(`${object.type} ${object.id} ${what}`)
    const { iss, dev } = object.body as { iss?: HouseholdId; dev?: DeviceId }
    const chain = iss === undefined ? undefined : chains.get(iss)
    if (dev !== undefined && dev !== object.signer) say('names another device than the one that signed it')
    if (iss !== undefined && chain === undefined) unknown += 1
    if (chain && !mightSign(chain, object)) say('is signed by a device that its household did not list for this')
    if (object.shown) {
      shown += 1
      const said = (object.body as unknown as GrantBody).shown
      if (object.type !== 'grant' || said.hash !== cardHash(object.shown.text) || said.lang !== object.shown.lang)
        say('was given under another text than the one beside it')
    }
    if (object.type === 'receipt') belongs(object, objects, say)
    if (object.type === 'revoke' || object.type === 'renounce') endsRightly(object, objects, say)
  }
  const grants = [...objects.values()].filter(({ type }) => type === 'grant')
  for (const { id, body } of grants)
    if (!objects.has((body as unknown as GrantBody).manifest)) faults.push(`grant ${id} has no manifest in this export`)
  if (!isDeepStrictEqual(JSON.parse(records), JSON.parse(JSON.stringify(consentRecords([...objects.values()], household)))))
    faults.push('consent-records.json does not say what the signed objects say')
  return { objects: objects.size, grants: grants.length, shown, unknown, faults }
}

/**
 * Whether the household let the device sign this. A grant names the document it was made under and begins at `nbf`; other objects name none, so
 * any document counts in which the device's time was not over when it says that it signed.
 */
function mightSign(chain: Chain, { type, signer, body }: ExportedObject): boolean {
  const { doc, at, nbf } = body as { doc?: ObjectId; at?: number; nbf?: number }
  const documents = doc === undefined ? chain.documents.map(({ id }) => id) : [doc]
  return documents.some((id) => couldSign(chain, id, signer, type, at ?? nbf ?? 0))
}

function belongs({ body }: ExportedObject, objects: ReadonlyMap<ObjectId, ExportedObject>, say: (what: string) => void): void {
  const receipt = body as unknown as ReceiptBody
  const grant = objects.get(receipt.grant)
  if (grant === undefined) return
  const { aud, scopes } = grant.body as unknown as GrantBody
  if (grant.type !== 'grant' || !('household' in aud) || aud.household !== receipt.iss)
    return say('is not of the household that the grant is for')
  const given = scopes.map(({ id }) => id).toSorted()
  if (!isDeepStrictEqual(given, [...receipt.accepts].toSorted())) say('accepts other scopes than the grant gives')
}

/** A revocation is by the one who gave, a renunciation by the one it was given to. */
function endsRightly({ type, body }: ExportedObject, objects: ReadonlyMap<ObjectId, ExportedObject>, say: (what: string) => void): void {
  const { iss, grants } = body as { iss: HouseholdId; grants: readonly ObjectId[] }
  for (const id of grants) {
    const grant = objects.get(id)?.body as unknown as GrantBody | undefined
    if (grant === undefined) continue
    const right = type === 'revoke' ? grant.iss === iss : 'household' in grant.aud && grant.aud.household === iss
    if (!right) say(`ends grant ${id}, which was not its household's to end`)
  }
}
