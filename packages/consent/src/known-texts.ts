import { limits, PorchlightError, type ManifestBody, type ObjectId } from '@porchlight/core'
import { idOfBody } from '@porchlight/wire'
import { manifestType } from './objects/index.ts'
import { checkManifest } from './objects/manifest-check.ts'

/**
 * Puts a consent text among those that are known, of which there are `limits.textsPerProtocol` for each protocol: the one that was put there
 * longest ago goes first.
 *
 * @returns its id
 * @throws `BAD_REQUEST` with reason `manifest-faulty` when it cannot be shown
 */
export function keepText(known: Map<ObjectId, ManifestBody>, text: ManifestBody): ObjectId {
  const faults = checkManifest(text)
  if (faults.length > 0)
    throw new PorchlightError('BAD_REQUEST', `the manifest cannot be shown: ${faults.join(' ')}`, { reason: 'manifest-faulty' })
  const id = idOfBody(manifestType, text)
  known.delete(id)
  known.set(id, text)
  const ofProtocol = [...known].filter(([, { proto }]) => proto === text.proto)
  for (const [older] of ofProtocol.slice(0, -limits.textsPerProtocol)) known.delete(older)
  return id
}
