import { parseProtocolId, PorchlightError } from '@porchlight/core'
import { definitionText, handlersText, testText } from './code-text.ts'
import { manifestOf } from './manifest-text.ts'
import { protoText, readmeText, specText } from './spec-text.ts'

export interface Scaffold {
  readonly id: string
  /** The name in the id, which files are called by. */
  readonly name: string
  /** Path relative to the folder → text. */
  readonly files: ReadonlyMap<string, string>
}

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`

/** Messages of the schema in their protobuf form: what another schema would make something else of. */
const messages = {
  about: 'Messages of the schema. Bytes are the protobuf form in hex: names and types of the fields are what JSON has, too.',
  cases: [
    { name: 'a name', message: 'Ring', bytes: '0a03416e61', valid: true, fields: { name: 'Ana' } },
    { name: 'an answer', message: 'Rung', bytes: '0a0648656c6c6f21', valid: true, fields: { text: 'Hello!' } },
  ],
}

const conformance = (id: string) => ({
  about: 'What any host must do, seen by a visitor that holds a grant.',
  protocol: id,
  encoding: 'json',
  messages: { ring: { input: 'Ring', output: 'Rung' } },
  cases: [
    {
      name: 'who rings is answered by name, and a request cut off anywhere is refused',
      must: ['N1', 'N2'],
      call: { method: 'ring', input: { value: { name: 'Ana' } } },
      expect: { ok: { value: { text: 'Coming, Ana!' } } },
      truncated: ['BAD_REQUEST'],
    },
    { name: 'no name at all is refused', must: ['N2'], call: { method: 'ring', input: { text: '{}' } }, expect: { error: 'BAD_REQUEST' } },
    {
      name: 'a name that is no text is refused',
      must: ['N2'],
      call: { method: 'ring', input: { text: '{"name":5}' } },
      expect: { error: 'BAD_REQUEST' },
    },
    {
      name: 'a name of 81 characters is refused',
      must: ['N2'],
      call: { method: 'ring', input: { value: { name: 'n'.repeat(81) } } },
      expect: { error: 'BAD_REQUEST' },
    },
    {
      name: 'an empty name has an error of its own',
      must: ['N3'],
      call: { method: 'ring', input: { value: { name: '' } } },
      expect: { error: 'APP', reason: 'no-name' },
    },
  ],
})

/**
 * A protocol's folder to begin with: it passes `checkFolder` as it is.
 *
 * @param id    `/authority/name/MAJOR`, or a bare name, which becomes `/example/name/1`
 * @param lang  the second language of the consent text, such as `de`
 * @throws      `BAD_REQUEST` when the id is none
 */
export function scaffold(id: string, { lang = 'de' }: { lang?: string } = {}): Scaffold {
  const whole = id.startsWith('/') ? id : `/example/${id}/1`
  parseProtocolId(whole)
  const name = whole.split('/')[2]!
  if (!/^[a-z][a-z0-9-]*$/.test(name))
    throw new PorchlightError('BAD_REQUEST', `${name} cannot be a file's and a package's name: small letters, digits and - only`, {
      reason: 'protocol-name',
    })
  if (!/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/.test(lang) || lang === 'en')
    throw new PorchlightError('BAD_REQUEST', `${lang} is no language besides English`, { reason: 'language' })
  const files = new Map([
    ['README.md', readmeText(whole, name)],
    ['SPEC.md', specText(whole, name)],
    [`${name}.proto`, protoText(whole, name)],
    [
      'protocol.json',
      json({ id: whole, door: 'grant', methods: { ring: { kind: 'query', scope: 'ring' } }, reasons: ['no-name'], ticked: ['ring'] }),
    ],
    ['manifest.json', json(manifestOf(whole, lang))],
    ['vectors/messages.json', json(messages)],
    ['vectors/conformance.json', json(conformance(whole))],
    [`${name}.ts`, definitionText(name)],
    ['handlers.ts', handlersText(name)],
    [`${name}.test.ts`, testText(name)],
  ])
  return { id: whole, name, files }
}
