import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { manifestFaults, type ProtocolFile } from '@porchlight/consent'
import type { ManifestBody, ProtocolDefinition } from '@porchlight/core'
import { checkFolder, kitFiles } from '@porchlight/kit'
import { describe, expect, test } from 'vitest'
import { root } from '../scripts/workspaces.mjs'

const folders = readdirSync(join(root, 'protocols')).filter((name) => existsSync(join(root, 'protocols', name, 'package.json')))

function read(dir: string): Map<string, string> {
  const paths = readdirSync(dir, { recursive: true, encoding: 'utf8' }).filter(kitFiles)
  return new Map(paths.map((path) => [path, readFileSync(join(dir, path), 'utf8')]))
}

describe.each(folders)('the protocol %s', (name) => {
  const dir = join(root, 'protocols', name)

  test('leaves nothing out that people or other implementations need', () => {
    const { faults, manifest } = checkFolder(read(dir))
    expect(faults).toEqual([])
    expect(manifest?.body.langs).toEqual(['en', 'de'])
  })

  test('was released with the text that it has now, or says that it follows', () => {
    expect(checkFolder(read(dir)).released.length).toBeGreaterThan(0)
  })

  test('is defined in code as its protocol.json says', async () => {
    const said = JSON.parse(readFileSync(join(dir, 'protocol.json'), 'utf8')) as ProtocolFile
    const code = (await import(join(dir, 'src/index.ts'))) as Record<string, unknown>
    const definition = Object.values(code).find(
      (value): value is ProtocolDefinition => typeof value === 'object' && value !== null && 'door' in value,
    )
    // The gate is below all definitions: it carries them. Rendezvous is records, not calls.
    if (name === 'gate' || name === 'rendezvous')
      return expect({ definition, methods: said.methods }).toEqual({ definition: undefined, methods: {} })
    const methods = Object.fromEntries(Object.entries(definition!.methods).map(([method, { kind, scope }]) => [method, { kind, scope }]))
    return expect({ id: definition!.id, door: definition!.door, methods, reasons: definition!.reasons }).toEqual({
      id: said.id,
      door: said.door,
      methods: said.methods,
      reasons: said.reasons,
    })
  })
})

test('the consent text of an example says everything in English and one more language, and needs what it asks for', () => {
  const texts = readdirSync(join(root, 'examples')).filter((file) => file.endsWith('.json') && !/^(package|tsconfig)/.test(file))
  expect(texts).toEqual(['greeting.json'])
  for (const file of texts) {
    const manifest = JSON.parse(readFileSync(join(root, 'examples', file), 'utf8')) as ManifestBody
    expect(manifestFaults(manifest)).toEqual([])
    expect(manifest.langs).toEqual(['en', 'de'])
  }
})
