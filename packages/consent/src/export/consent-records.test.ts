import { idOf } from '@porchlight/wire'
import { describe, expect, it } from 'vitest'
import { householdOf, sampleManifest } from '../testing/index.ts'
import { consentRecords } from './consent-records.ts'
import type { ExportedObject } from './exported-object.ts'

const idFor = (name: string) => idOf(new TextEncoder().encode(name))
const [ana, ben] = [householdOf('ana'), householdOf('ben')]
const object = (type: string, name: string, body: object, shown?: ExportedObject['shown']): ExportedObject => ({
  type,
  id: idFor(name),
  signer: 'device' as ExportedObject['signer'],
  body: body as ExportedObject['body'],
  shown,
})

const manifest = object('manifest', 'text', {
  ...sampleManifest,
  data: [{ id: 'pictures', category: 'dpv:Picture', sensitivity: 'personal', aboutOthers: 1, optional: 0 }],
  scopes: sampleManifest.scopes.map((scope) => ({ ...scope, datatypes: ['pictures'] })),
})
const grantBody = {
  iss: ana,
  dev: 'desktop',
  doc: idFor('document'),
  aud: { household: ben },
  manifest: manifest.id,
  shown: { hash: idFor('shown'), lang: 'de' },
  scopes: [
    { id: 'use', locations: ['photos', 'music'], max: { streams: 2 } },
    { id: 'gone', locations: ['music'], max: {} },
  ],
  purposes: ['dpv:ServiceProvision'],
  nbf: 10,
  exp: 20,
  fresh: 0,
  introduce: 0,
  retention: 'a year',
  onward: 'nobody',
  ask: null,
  renews: null,
}
const grant = (name: string, change: object = {}, shown?: ExportedObject['shown']) =>
  object('grant', name, { ...grantBody, ...change }, shown)
const at = (sec: number) => new Date(sec * 1000).toISOString()
const recordsOf = (...objects: ExportedObject[]) => consentRecords(objects, ana).records as readonly Record<string, any>[]

describe('the record of an agreement', () => {
  it('says every field of TS 27560 that the signed objects say, whatever order those come in', () => {
    const objects = [
      manifest,
      object('ask', 'ask', { at: 5 }),
      grant('grant', { ask: idFor('ask'), renews: idFor('before') }, { text: 'Darf Fotos öffnen.', lang: 'de' }),
      object('receipt', 'receipt', { grant: idFor('grant'), iss: ben, at: 11, accepts: ['use'] }),
      object('renounce', 'renounce', { grants: [idFor('other'), idFor('grant')], iss: ben, at: 12, erased: 1 }),
      object('revoke', 'revoke', { grants: [idFor('grant')], iss: ana, at: 13, erasure: 'request' }),
      // Of another grant.
      object('receipt', 'receipt 2', { grant: idFor('other'), iss: ben, at: 14, accepts: [] }),
      object('renounce', 'renounce 2', { grants: [idFor('other')], iss: ben, at: 15, erased: 0 }),
      object('revoke', 'revoke 2', { grants: [idFor('other')], iss: ana, at: 16, erasure: 'none' }),
    ]
    const made = {
      schema_version: 'porchlight-consent-records/1',
      shaped_after: 'ISO/IEC TS 27560:2023',
      records: [
        {
          record_id: idFor('grant'),
          direction: 'given',
          pii_principal: { id: ana, device: 'desktop', household_document: idFor('document') },
          pii_controllers: [{ id: ben }],
          service: { protocol: '/porchlight/share/1', location: 'photos' },
          privacy_notice: {
            manifest: manifest.id,
            hash: idFor('shown'),
            hash_algorithm: 'sha-256',
            language: 'de',
            text: 'Darf Fotos öffnen.',
          },
          purposes: [{ purpose: 'dpv:ServiceProvision', lawful_basis: 'dpv:Consent' }],
          pii_information: [{ type: 'pictures', category: 'dpv:Picture', sensitivity: 'personal', about_others: 1, optional: 0 }],
          retention: 'a year',
          recipient_third_parties: 'nobody',
          storage: 'owner',
          automated_decisions: 'none',
          authorization_details: [
            {
              type: '/porchlight/share/1',
              identifier: 'use',
              locations: ['photos', 'music'],
              actions: ['read', 'change'],
              datatypes: ['pictures'],
              limits: { streams: 2 },
            },
            { type: '/porchlight/share/1', identifier: 'gone', locations: ['music'], actions: null, datatypes: null, limits: {} },
          ],
          validity: { from: at(10), until: at(20) },
          events: [
            { event: 'requested', by: ben, at: at(5), object: idFor('ask') },
            { event: 'given', by: ana, at: null, object: idFor('grant') },
            { event: 'accepted', by: ben, at: at(11), object: idFor('receipt') },
            { event: 'renews', by: ana, at: null, object: idFor('before') },
            { event: 'given-back', by: ben, at: at(12), object: idFor('renounce'), erased: 1 },
            { event: 'withdrawn', by: ana, at: at(13), object: idFor('revoke'), erasure: 'request' },
          ],
          receipts: [{ receipt_id: idFor('receipt'), by: ben, at: at(11), accepts: ['use'] }],
        },
      ],
    }
    expect(consentRecords(objects, ana)).toEqual(made)
    expect(consentRecords(objects.toReversed(), ana)).toEqual(made)
  })

  it('says null where nothing is known: no manifest, no shown text, an ask that is not there', () => {
    const [record] = recordsOf(grant('grant', { iss: ben, aud: { household: ana }, ask: idFor('ask') }))
    expect(record).toMatchObject({
      direction: 'received',
      service: { protocol: null, location: 'photos' },
      privacy_notice: { text: null },
      pii_information: [],
      storage: null,
      automated_decisions: null,
      events: [
        { event: 'requested', by: ana, at: null, object: idFor('ask') },
        { event: 'given', by: ben },
      ],
      receipts: [],
    })
    expect(record!['authorization_details']).toMatchObject([
      { type: null, actions: null, datatypes: null },
      { type: null, actions: null, datatypes: null },
    ])
  })

  it('was not asked for, and renews nothing, where the grant names neither', () => {
    expect(recordsOf(grant('grant'))[0]!['events']).toEqual([{ event: 'given', by: ana, at: null, object: idFor('grant') }])
  })

  it('names a community as its recipient', () => {
    const [record] = recordsOf(grant('grant', { aud: { community: idFor('choir'), role: 'member', members: 'live', cap: 9 } }))
    expect(record!['pii_controllers']).toEqual([{ id: `community:${idFor('choir')}` }])
  })

  it('stands in the order of ids, and so do the receipts of one', () => {
    const names = ['a', 'b', 'c', 'd', 'e']
    const sorted = names.map(idFor).toSorted()
    const receipts = names.map((name) => object('receipt', name, { grant: idFor('a'), iss: ben, at: 1, accepts: [] }))
    const records = recordsOf(...names.map((name) => grant(name)), ...receipts)
    expect(records.map((record) => record['record_id'])).toEqual(sorted)
    const ofA = records.find((record) => record['record_id'] === idFor('a'))!
    expect(ofA['receipts'].map((receipt: { receipt_id: string }) => receipt.receipt_id)).toEqual(sorted)
  })
})
