/** One thing wrong with a folder: what is changed, and what the check has to say of it. */
export interface FolderFault {
  readonly file: string
  /** A text, or a JSON value, that is changed; `null` takes the file away. */
  readonly change: readonly [from: string | RegExp, to: string] | ((json: Json) => unknown) | null
  /** Where the check finds it, when not in the file that was changed. */
  readonly at?: string
  readonly says: RegExp
}

// oxlint-disable-next-line typescript/no-explicit-any -- changes reach into JSON of known shape
type Json = any

const manifest = (change: (json: Json) => unknown, says: RegExp): FolderFault => ({ file: 'manifest.json', change, says })
const proto = (from: string | RegExp, to: string, says: RegExp): FolderFault => ({ file: 'doorbell.proto', change: [from, to], says })
const spec = (from: string | RegExp, to: string, says: RegExp): FolderFault => ({ file: 'SPEC.md', change: [from, to], says })
const cases = (change: (json: Json) => unknown, says: RegExp, at?: string): FolderFault => ({
  file: 'vectors/conformance.json',
  change,
  says,
  ...(at === undefined ? {} : { at }),
})

/** Faults seeded into the scaffold, after its schema was released. */
export const folderFaults: Readonly<Record<string, FolderFault>> = {
  // the consent text
  'a line of the consent text is missing in one language': manifest((json) => delete json.say.risk.de, /"risk" says nothing in de/),
  'one of the nine lines is missing': manifest((json) => delete json.say.keep, /say\.keep/),
  'a claim is made that no code backs': manifest(
    (json) => json.claims.push({ key: 'keep', assurance: 'enforced' }),
    /no gate rule backs it/,
  ),
  'a required scope is needed by no method': manifest(
    (json) => json.scopes.push({ ...json.scopes[0], id: 'listen' }),
    /"listen" is required, but no method needs it/,
  ),
  'a text changed since it was released': {
    file: 'manifest.json',
    change: (json) => (json.title.en = 'Another bell'),
    says: /This is rev 1, but the text is not the one that was released/,
  },
  'a scope that a method needs is not defined': {
    file: 'protocol.json',
    change: (json) => (json.methods.ring.scope = 'rign'),
    says: /"rign", which the consent text does not define/,
  },
  // the spec
  'the SPEC has no section on privacy': spec(/^## Privacy$/m, '## Other', /The section "Privacy" is missing/),
  'the SPEC has no section on the flow': spec(/^## Flow$/m, '## Course', /The section "Flow" is missing/),
  'the SPEC does not speak of a method': spec(/`ring`|\bring\b/g, '`sound`', /does not speak of the method ring/),
  'the SPEC does not speak of an error': spec(/no-name/g, 'nameless', /does not speak of the error no-name/),
  'the SPEC does not speak of a message': spec(/Rung/g, 'Answer', /does not speak of the message Rung/),
  'a new MUST has no case': spec('- **N3**', '- **N4** The host MUST smile.\n- **N3**', /No case, vector or reason shows the MUST N4/),
  'a MUST stands in a section without a number': spec(
    'The host learns when',
    'The host MUST NOT tell. It learns when',
    /No case, vector or reason shows the MUST privacy/,
  ),
  // the schema
  'the schema cannot be parsed': proto('message Rung {', 'message Rung ', /cannot be read/),
  'a field has a type that is not there': proto('string text', 'Words text', /cannot be read: .*Words/),
  'two fields have one number': proto('string text = 1;', 'string text = 1;\n  string more = 1;', /cannot be read: .*duplicate id 1/),
  'the schema is of proto2': proto('syntax = "proto3";', 'syntax = "proto2";', /does not say syntax = "proto3"|cannot be read/),
  'the schema has no package': proto(/^package .*$/m, '', /no package of one word/),
  'the schema imports another': proto('package doorbell;', 'package doorbell;\nimport "other.proto";', /imports other\.proto/),
  'a field is written in snake case': proto(
    'string text = 1;',
    'string text = 1;\n  string more_text = 2;',
    /more_text is not written likeThis/,
  ),
  'a message is written small': proto(
    'message Rung {',
    '// Small.\nmessage small {}\n\n// Answer.\nmessage Rung {',
    /small is not written LikeThis/,
  ),
  'a message is explained nowhere': proto('// The answer through the door.\n', '', /No comment says what Rung is/),
  'an enum does not begin at 0': proto(
    'message Rung {',
    '// Moods of Rung.\nenum Mood {\n  GLAD = 1;\n}\n\n// Answer.\nmessage Rung {',
    /No value is 0|cannot be read/,
  ),
  // breaking changes
  'a released field has another type': proto('string text = 1;', 'bytes text = 1;', /text was released as string, and is now bytes/),
  'a released field has another name': proto('string text = 1;', 'string words = 1;', /released as text, and is now words/),
  'a released field has another number': proto(
    'string text = 1;',
    'string text = 2;',
    /Field 1 \(text\) was released; without it, the number/,
  ),
  'a released field repeats': proto('string text = 1;', 'repeated string text = 1;', /released as single, and is now the other/),
  'a released field moved into a oneof': proto(
    'string text = 1;',
    'oneof said {\n    string text = 1;\n  }',
    /outside of a oneof, and moved/,
  ),
  'a released message is gone': proto(
    /\/\/ The answer through the door\.\nmessage Rung \{[^}]*\}/,
    '',
    /message Rung was released and is gone/,
  ),
  // vectors
  'a vector is not what the schema reads': {
    file: 'vectors/messages.json',
    change: (json) => (json.cases[0].fields.name = 'Ben'),
    says: /The bytes say "Ana", the case says "Ben"/,
  },
  'a vector is cut off': {
    file: 'vectors/messages.json',
    change: (json) => (json.cases[0].bytes = '0a03416e'),
    says: /its bytes are no Ring/,
  },
  'a vector is no hexadecimal text': {
    file: 'vectors/messages.json',
    change: (json) => (json.cases[0].bytes = '0x0a'),
    says: /not hexadecimal/,
  },
  'a vector is of a message that is not there': {
    file: 'vectors/messages.json',
    change: (json) => (json.cases[0].message = 'Knock'),
    says: /no message Knock/,
  },
  'a vector has a field that is not there': {
    file: 'vectors/messages.json',
    change: (json) => (json.cases[0].fields.loud = true),
    says: /Ring has no field loud/,
  },
  'a vector stands there twice': {
    file: 'vectors/messages.json',
    change: (json) => json.cases.push(json.cases[0]),
    says: /stands there twice/,
  },
  'there are no cases of conformance': {
    file: 'vectors/conformance.json',
    change: null,
    at: 'vectors/',
    says: /no vectors\/conformance\.json/,
  },
  'a case cites what the SPEC does not say': cases(
    (json) => (json.cases[0].must = ['N9', 'N1', 'N2']),
    /no requirement and no heading "N9"/,
  ),
  'the only case of a MUST is gone': cases((json) => json.cases.pop(), /shows the MUST N3/, 'SPEC.md'),
  'a case has a field that the runner does not read': cases((json) => (json.cases[0].expects = {}), /cases\.0|Invalid|Unrecognized/),
  'a case sends what the schema cannot carry': cases(
    (json) => (json.cases[0].call.input.value = { nmae: 'Ana' }),
    /Ring has no field nmae/,
  ),
  'a case expects what the schema cannot carry': cases(
    (json) => (json.cases[0].expect.ok.value = { text: 5 }),
    /Rung: text: string expected/,
  ),
  'the cases are of another protocol': cases((json) => (json.protocol = '/example/other/1'), /The cases are of \/example\/other\/1/),
  'the cases speak of a method that is not there': cases((json) => (json.messages.rnig = json.messages.ring), /no method rnig/),
  'two cases have one name': cases((json) => (json.cases[1].name = json.cases[0].name), /Two cases are named/),
}
