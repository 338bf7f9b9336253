import { deviceIdOf, keyFromSeed, open, payloadOf, type SignedType, type SigningKey } from '@porchlight/wire'
import { fromHex, hex, join } from './bytes.ts'
import { shown } from './cbor.ts'
import { bodyPayload, domainOf, envelope, field, keyProto, mixedOrder, payloadTypeOf } from './envelope.ts'
import { soundTypes, type SoundType } from './sound-bodies.ts'

const keys = () => Promise.all([1, 2].map((fill) => keyFromSeed(new Uint8Array(32).fill(fill)))) as Promise<[SigningKey, SigningKey]>
const secp256k1 = fromHex('0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798')
const made = 'Written by scripts/make-vectors.ts.'

/** Every type of signed object with its sound bodies, signed by the first vector key. */
export async function everyType(): Promise<Readonly<Record<string, SoundType>>> {
  const [key, other] = await keys()
  return soundTypes(deviceIdOf(key), deviceIdOf(other))
}

/** @throws when the case is not refused, or for another reason */
async function refusal(type: SignedType<never>, bytes: Uint8Array, because: string, name: string): Promise<void> {
  const opened = await open(type, bytes)
  if (opened.ok || opened.because !== because) throw new Error(`${type.t} ${name}: ${opened.ok ? 'accepted' : opened.because}, not ${because}`)
}

/** The vectors of every signed object. Deterministic. */
export async function objectVectors(): Promise<object> {
  const [key, other] = await keys()
  const cases: object[] = []
  for (const [t, { type, bodies, refused }] of Object.entries(await everyType())) {
    const opened = async (name: string, body: object, signer = key): Promise<void> => {
      const payload = payloadOf(type, body)
      const bytes = await envelope(signer, t, payload)
      const result = await open(type, bytes)
      if (!result.ok) throw new Error(`${t} ${name}: refused as ${result.because}`)
      const { id } = result.object
      cases.push({ t, name, envelope: hex(bytes), valid: true, payload: hex(payload), id, signer: deviceIdOf(signer), body: shown({ ...body, t, v: 1 }) })
    }
    const invalid = async (because: string, name: string, bytes: Uint8Array): Promise<void> => {
      await refusal(type, bytes, because, name)
      cases.push({ t, name, envelope: hex(bytes), valid: false, because })
    }
    const forged = async (because: string, name: string, body: object, v = 1): Promise<void> =>
      await invalid(because, name, await envelope(key, t, bodyPayload(body, t, v)))

    for (const [name, body] of Object.entries(bodies)) await opened(name, body)
    const [body = {}] = Object.values(bodies)
    const payload = payloadOf(type, body)
    await opened('signed again by another key: the same id', body, other)

    await forged('schema', 'with a caveat that is not known', { ...body, caveat: 1 })
    for (const name of Object.keys(body)) {
      const { [name]: _, ...rest } = body
      await forged('schema', `without ${name}`, rest)
    }
    await forged('type', 'of version 2', body, 2)
    for (const [name, change] of Object.entries(refused)) await forged('schema', name, { ...body, ...change })

    const good = await envelope(key, t, payload)
    const signature = good.subarray(-66)
    await invalid('envelope', 'with the signature first in its envelope', join(signature, good.subarray(0, -66)))
    await invalid('envelope', 'with a field in its envelope that nobody signed', join(good, Uint8Array.of(0x32, 1, 0)))
    await invalid('key', 'signed by a secp256k1 key', await envelope(key, t, payload, { publicKey: keyProto(2, secp256k1) }))
    await invalid('key', 'signed by a key plus a torsion point', await envelope(key, t, payload, { publicKey: keyProto(1, mixedOrder(key.publicKey.raw)) }))
    await invalid('signature', 'signed for another domain', await envelope(key, t, payload, { domain: domainOf('vector') }))
    await invalid('signature', 'signed by another key than it names', await envelope(other, t, payload, { publicKey: keyProto(1, key.publicKey.raw) }))
    const changed = payload.slice()
    changed[changed.length - 1]! ^= 1
    await invalid('signature', 'with its last byte changed after signing', join(field(1, keyProto(1, key.publicKey.raw)), field(2, payloadTypeOf(t)), field(3, changed), signature))
  }
  return {
    about: `Every type of signed object. "t" is the type that the reader expects, every signer is allowed. Bytes are hex; "body" is the decoded payload as a value. Invalid cases give the first check that fails. ${made}`,
    cases,
  }
}

/** The vectors of signatures of one type that are passed off as another. Deterministic. */
export async function crossTypeVectors(): Promise<object> {
  const [key] = await keys()
  const types = await everyType()
  const cases: object[] = []
  for (const [t, { type, bodies }] of Object.entries(types)) {
    const payload = payloadOf(type, Object.values(bodies)[0])
    for (const [signedAs, { type: otherType }] of Object.entries(types)) {
      if (signedAs === t) continue
      const bytes = await envelope(key, signedAs, payload)
      await refusal(type, bytes, 'type', `signed as ${signedAs}`)
      await refusal(otherType, bytes, 'type', `from ${t}`)
      cases.push({ t, signedAs, envelope: hex(bytes), valid: false, because: 'type' })
    }
  }
  return {
    about: `A sound payload of type "t", well signed in an envelope and under the domain of type "signedAs", for each pair. A reader of either type refuses it: the one by the type of the envelope, the other by the "t" of the payload. ${made}`,
    cases,
  }
}
