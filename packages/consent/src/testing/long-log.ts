import { createPrivateKey, sign } from 'node:crypto'
import { deviceIdOf, type SigningKey } from '@porchlight/wire'
import type { AuditHead, AuditRecord, Ledger } from '../ledger/ledger.ts'
import { sealAudit } from '../log/audit.ts'

/**
 * Writes a log of so many entries straight into an empty ledger, a batch of `batch` at a time: what years leave behind, in seconds.
 *
 * @returns the head of the log
 */
export async function longLog(ledger: Ledger, key: SigningKey, entries: number, batch = 1000): Promise<AuditHead | null> {
  const [quick, device] = [prepared(key), deviceIdOf(key)]
  let head: AuditHead | null = null
  for (let from = 0; from < entries; from += batch) {
    const audit: AuditRecord[] = []
    for (let n = from; n < Math.min(from + batch, entries); n++) {
      const salt = new Uint8Array(32)
      new DataView(salt.buffer).setUint32(0, n)
      const sealed = await sealAudit({
        key: quick,
        device,
        head,
        atSec: 1_800_000_000 + n,
        kind: 'refused',
        facts: { protocol: '/porchlight/share/1', because: 'no-grant', n },
        salt,
      })
      audit.push(sealed.record)
      head = sealed.head
    }
    await ledger.commit({ changes: [], audit, head, highestMs: 0 })
  }
  return head
}

/** The same key, read once and not anew for each signature: that takes longer than to sign. */
function prepared(key: SigningKey): SigningKey {
  const [d, x] = [key.raw.subarray(0, 32), key.publicKey.raw].map((bytes) => Buffer.from(bytes).toString('base64url'))
  const ready = createPrivateKey({ format: 'jwk', key: { kty: 'OKP', crv: 'Ed25519', d: d!, x: x! } })
  return {
    type: key.type,
    raw: key.raw,
    publicKey: key.publicKey,
    equals: (other) => key.equals(other),
    sign: (data) => new Uint8Array(sign(null, data instanceof Uint8Array ? data : data.subarray(), ready)),
  }
}
