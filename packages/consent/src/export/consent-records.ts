import type { HouseholdId, ManifestBody, ObjectId } from '@porchlight/core'
import type { AskBody, GrantBody, ReceiptBody, RenounceBody, RevokeBody } from '../objects/index.ts'
import { serviceOf } from '../views.ts'
import type { ExportedObject } from './exported-object.ts'

/** The file `consent-records.json`, shaped after ISO/IEC TS 27560:2023. Field by field: docs/record.md. */
export interface ConsentRecords {
  readonly schema_version: 'porchlight-consent-records/1'
  readonly shaped_after: 'ISO/IEC TS 27560:2023'
  readonly records: readonly object[]
}

const time = (sec: number): string => new Date(sec * 1000).toISOString()

/**
 * Makes the consent records of signed objects alone, so that whoever has the objects can make the same file again and compare.
 *
 * @param objects    checked ones, any order; of one grant everything that is there
 * @param household  whose export it is
 */
export function consentRecords(objects: readonly ExportedObject[], household: HouseholdId): ConsentRecords {
  const of = <Body>(type: string): (ExportedObject & { readonly typed: Body })[] =>
    objects
      .filter((object) => object.type === type)
      .map((object) => ({ ...object, typed: object.body as unknown as Body }))
      .toSorted((a, b) => (a.id < b.id ? -1 : 1))
  const all = {
    manifests: new Map(of<ManifestBody>('manifest').map(({ id, typed }) => [id, typed])),
    asks: new Map(of<AskBody>('ask').map(({ id, typed }) => [id, typed])),
    receipts: of<ReceiptBody>('receipt'),
    revokes: of<RevokeBody>('revoke'),
    renounces: of<RenounceBody>('renounce'),
  }
  return {
    schema_version: 'porchlight-consent-records/1',
    shaped_after: 'ISO/IEC TS 27560:2023',
    records: of<GrantBody>('grant').map((grant) => recordOf(grant, all, household)),
  }
}

interface Others {
  readonly manifests: ReadonlyMap<ObjectId, ManifestBody>
  readonly asks: ReadonlyMap<ObjectId, AskBody>
  readonly receipts: readonly { readonly id: ObjectId; readonly typed: ReceiptBody }[]
  readonly revokes: readonly { readonly id: ObjectId; readonly typed: RevokeBody }[]
  readonly renounces: readonly { readonly id: ObjectId; readonly typed: RenounceBody }[]
}

function recordOf({ id, typed: body, shown }: ExportedObject & { typed: GrantBody }, all: Others, household: HouseholdId): object {
  const manifest = all.manifests.get(body.manifest)
  const recipient = 'household' in body.aud ? body.aud.household : `community:${body.aud.community}`
  const receipts = all.receipts.filter(({ typed }) => typed.grant === id)
  return {
    record_id: id,
    direction: body.iss === household ? 'given' : 'received',
    pii_principal: { id: body.iss, device: body.dev, household_document: body.doc },
    pii_controllers: [{ id: recipient }],
    service: { protocol: manifest?.proto ?? null, location: serviceOf(body.scopes) },
    privacy_notice: {
      manifest: body.manifest,
      hash: body.shown.hash,
      hash_algorithm: 'sha-256',
      language: body.shown.lang,
      text: shown?.text ?? null,
    },
    purposes: body.purposes.map((purpose) => ({ purpose, lawful_basis: 'dpv:Consent' })),
    pii_information: (manifest?.data ?? []).map(({ id: type, category, sensitivity, aboutOthers, optional }) => ({
      type,
      category,
      sensitivity,
      about_others: aboutOthers,
      optional,
    })),
    retention: body.retention,
    recipient_third_parties: body.onward,
    storage: manifest?.storage ?? null,
    automated_decisions: manifest?.automation ?? null,
    // RFC 9396
    authorization_details: body.scopes.map(({ id: scope, locations, max }) => ({
      type: manifest?.proto ?? null,
      identifier: scope,
      locations,
      actions: manifest?.scopes.find((each) => each.id === scope)?.actions ?? null,
      datatypes: manifest?.scopes.find((each) => each.id === scope)?.datatypes ?? null,
      limits: max,
    })),
    validity: { from: time(body.nbf), until: time(body.exp) },
    events: eventsOf(id, body, recipient, receipts, all),
    receipts: receipts.map(({ id: receipt, typed }) => ({
      receipt_id: receipt,
      by: typed.iss,
      at: time(typed.at),
      accepts: typed.accepts,
    })),
  }
}

function eventsOf(id: ObjectId, body: GrantBody, recipient: string, receipts: Others['receipts'], all: Others): object[] {
  const ask = body.ask === null ? undefined : all.asks.get(body.ask)
  return [
    ...(body.ask === null ? [] : [{ event: 'requested', by: recipient, at: ask ? time(ask.at) : null, object: body.ask }]),
    { event: 'given', by: body.iss, at: null, object: id },
    ...receipts.map(({ id: object, typed }) => ({ event: 'accepted', by: typed.iss, at: time(typed.at), object })),
    ...(body.renews === null ? [] : [{ event: 'renews', by: body.iss, at: null, object: body.renews }]),
    ...all.renounces
      .filter(({ typed }) => typed.grants.includes(id))
      .map(({ id: object, typed }) => ({ event: 'given-back', by: typed.iss, at: time(typed.at), object, erased: typed.erased })),
    ...all.revokes
      .filter(({ typed }) => typed.grants.includes(id))
      .map(({ id: object, typed }) => ({ event: 'withdrawn', by: typed.iss, at: time(typed.at), object, erasure: typed.erasure })),
  ]
}
