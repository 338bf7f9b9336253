// Writes the test vectors of the protocols from fixed seeds: the same bytes on every run. A test holds the files equal.
// Run: node --experimental-transform-types --conditions=@porchlight/source scripts/make-vectors.ts
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { canonicalVectors } from './vectors/canonical.ts'
import { chainVectors, presentVectors } from './vectors/chains.ts'
import { gateFrameVectors } from './vectors/gate-frames.ts'
import { inviteVectors } from './vectors/invites.ts'
import { crossTypeVectors, objectVectors } from './vectors/objects.ts'
import { reachVectors } from './vectors/reach.ts'
import { punchMessageVectors } from './vectors/punch-messages.ts'
import { recordVectors } from './vectors/record.ts'
import { rendezvousVectors } from './vectors/rendezvous.ts'
import { siblingVectors } from './vectors/siblings.ts'
import { relayVectors } from './vectors/relay.ts'
import { signedObjectVectors } from './vectors/signed-objects.ts'

const dense = ['canonical', 'objects', 'cross-type']

/** Files with hundreds of cases have one on each line. */
function textOf(path: string, value: object): string {
  const { cases, ...rest } = value as { cases: object[] }
  if (!dense.some((name) => path.endsWith(`/${name}.json`))) return `${JSON.stringify(value, null, 2)}\n`
  const lines = cases.map((one) => `    ${JSON.stringify(one)}`).join(',\n')
  return `${JSON.stringify(rest, null, 2).replace(/\n\}$/, '')},\n  "cases": [\n${lines}\n  ]\n}\n`
}

/** Every vector file: path relative to the root → text. */
export async function allVectors(): Promise<Map<string, string>> {
  const files: Record<string, object> = {
    'protocols/gate/vectors/frames.json': gateFrameVectors(),
    'protocols/consent/vectors/canonical.json': canonicalVectors(),
    'protocols/consent/vectors/objects.json': await objectVectors(),
    'protocols/consent/vectors/cross-type.json': await crossTypeVectors(),
    'protocols/consent/vectors/record.json': await recordVectors(),
    'protocols/consent/vectors/signed-objects.json': await signedObjectVectors(),
    'protocols/punch/vectors/messages.json': punchMessageVectors(),
    'protocols/household/vectors/chains.json': await chainVectors(),
    'protocols/household/vectors/messages.json': presentVectors(),
    'protocols/household/vectors/siblings.json': await siblingVectors(),
    'protocols/reach/vectors/messages.json': reachVectors(),
    'protocols/relay/vectors/messages.json': relayVectors(),
    ...Object.fromEntries(Object.entries(await inviteVectors()).map(([name, value]) => [`protocols/invite/vectors/${name}`, value])),
    ...Object.fromEntries(
      Object.entries(await rendezvousVectors()).map(([name, value]) => [`protocols/rendezvous/vectors/${name}`, value]),
    ),
  }
  return new Map(Object.entries(files).map(([path, value]) => [path, textOf(path, value)]))
}

if (process.argv[1] === import.meta.filename) {
  for (const [path, text] of await allVectors()) {
    const file = join(import.meta.dirname, '..', path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
    console.log(`wrote ${path}`)
  }
}
