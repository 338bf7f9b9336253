// Writes the test vectors of the protocols from fixed seeds: the same bytes on every run. A test holds the files equal.
// Run: node --experimental-transform-types --conditions=@porchlight/source scripts/make-vectors.ts
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { gateFrameVectors } from './vectors/gate-frames.ts'
import { inviteVectors } from './vectors/invites.ts'
import { signedObjectVectors } from './vectors/signed-objects.ts'

/** Every vector file: path relative to the root → text. */
export async function allVectors(): Promise<Map<string, string>> {
  const files: Record<string, object> = {
    'protocols/gate/vectors/frames.json': gateFrameVectors(),
    'protocols/consent/vectors/signed-objects.json': await signedObjectVectors(),
    ...Object.fromEntries(Object.entries(await inviteVectors()).map(([name, value]) => [`protocols/invite/vectors/${name}`, value])),
  }
  return new Map(Object.entries(files).map(([path, value]) => [path, `${JSON.stringify(value, null, 2)}\n`]))
}

if (process.argv[1] === import.meta.filename) {
  for (const [path, text] of await allVectors()) {
    const file = join(import.meta.dirname, '..', path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
    console.log(`wrote ${path}`)
  }
}
