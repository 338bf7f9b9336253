/** A file name as a name of JavaScript's: `door-bell` is `doorBell`. */
export const variableOf = (name: string): string => name.replace(/-+([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())

/** The definition in TypeScript, beside the consent text that it is about. */
export const definitionText = (name: string): string => `import { json, protocolOf, query, type ManifestBody } from '@porchlight/sdk'
import manifest from './manifest.json' with { type: 'json' }

/** A message of one text, at most 80 characters: N2 of the SPEC. */
const one = <Field extends string>(field: Field) =>
  json((value) => {
    const text = (value as Record<string, unknown> | null)?.[field]
    if (typeof text !== 'string' || text.length > 80) throw new TypeError(\`no \${field}\`)
    return { [field]: text } as Record<Field, string>
  })

export const ${variableOf(name)} = protocolOf({
  manifest: manifest as ManifestBody,
  methods: { ring: query({ scope: 'ring', input: one('name'), output: one('text') }) },
  errors: ['no-name'],
})
`

/** The handlers of the scaffold, for its own test and to begin with. */
export const handlersText = (name: string): string => `import type { Handlers } from '@porchlight/sdk'
import { ${variableOf(name)} } from './${name}.ts'

export const handlers: Handlers<typeof ${variableOf(name)}> = {
  ring: async ({ name }) => {
    if (name === '') throw ${variableOf(name)}.fail('no-name')
    return { text: \`Coming, \${name}!\` }
  },
}
`

export const testText = (
  name: string,
): string => `import { checkFolder, conform, conformText, householdTarget, readFolder } from '@porchlight/kit'
import { households } from '@porchlight/sdk/testing'
import { expect, test } from 'vitest'
import { handlers } from './handlers.ts'
import { ${variableOf(name)} } from './${name}.ts'

const folder = checkFolder(readFolder(import.meta.dirname))

test('the folder leaves nothing out that people or other implementations need', () => {
  expect(folder.faults).toEqual([])
})

test('the handlers do what the SPEC says', async () => {
  await using homes = households(['ana', 'ben'])
  await homes.ben.serve(${variableOf(name)}, handlers)
  homes.ben.person.give({ to: 'ana', protocol: ${variableOf(name)} })
  await homes.ana.granted({ to: 'ben', protocol: ${variableOf(name)} })
  const report = await conform(folder, householdTarget(homes.ana, 'ben'))
  expect(report.broken, conformText(report)).toEqual([])
})
`
