/** The SPEC.md of a scaffold: every section that a SPEC has, about the one method that it begins with. */
export const specText = (id: string, name: string): string => `# ${id}: a bell at the door

## Status
Version 1, a scaffold: replace what stands here with your protocol, section by section. This text is the authority for meaning,
[${name}.proto](${name}.proto) for the messages, [vectors/](vectors/) for doubtful cases. The words MUST, SHOULD and MAY are those of RFC 2119.
Requirements are numbered N1, N2, …, for vectors and tests to cite.

## Goals
1. A household can let another one know that it is there, and hear an answer.

## Non-goals
Keeping what was said. Ringing a household that did not say yes.

## Terms
**Visitor**: the household that rings. **Host**: the household that answers.

## Messages
Payloads are the messages of [${name}.proto](${name}.proto) as JSON (RFC 8259) in UTF-8: an object with the fields by their names.

| Method | Kind | Scope | From the visitor | From the host |
|---|---|---|---|---|
| \`ring\` | query | \`ring\` | \`Ring{name}\` | \`Rung{text}\` |

## Flow
- **N1** The host MUST answer \`ring\` with a \`Rung\` whose \`text\` says the \`name\` that came.
- **N2** A payload that is no \`Ring\` (no JSON, no \`name\`, one that is no text or longer than 80 characters) MUST be refused with \`BAD_REQUEST\`.
- **N3** An empty \`name\` MUST be answered with the error \`no-name\`.

## Consent text
[manifest.json](manifest.json): the nine lines that the host reads before it says yes. The scope \`ring\` is required.

## Limits
A name has at most 80 characters. A payload has at most \`payloadLimitBytes\`, a limit of the gate.

## Errors
| Visitor sees | Means |
|---|---|
| \`APP\` + \`no-name\` | the name was empty |
| \`BAD_REQUEST\` | the payload was no \`Ring\` |

## Security
| Attack | Outcome |
|---|---|
| Ring without a grant | the gate refuses; nothing of the call reaches the host's app |
| Pretend to be somebody else | the name is what the visitor says of itself; who calls is what the gate says |
| Ring all day | the host can limit calls a minute in the grant, or stop it |

## Privacy
The host learns when the visitor rings. The visitor learns that the host's device is on. Nobody else learns of either.

## Vectors
[vectors/messages.json](vectors/messages.json): messages of the schema. [vectors/conformance.json](vectors/conformance.json): calls, and what has to come of them, by requirement;
\`porchlight protocol conform\` makes them.
`

export const readmeText = (id: string, name: string): string => `# ${name}

\`${id}\`: a bell at the door. [SPEC.md](SPEC.md) says what it means, [manifest.json](manifest.json) what people are asked, [vectors/](vectors/) lets an
implementation check itself, [${name}.ts](${name}.ts) is the definition in TypeScript.

| To | Run |
|---|---|
| see what is missing | \`porchlight protocol check .\` |
| read it as a page | \`porchlight protocol docs . --out ${name}.html\` |
| check an implementation | \`npx vitest run\`, or \`porchlight protocol conform . --against TARGET\` |
`

export const protoText = (id: string, name: string): string => `syntax = "proto3";

// Messages of ${id}. What they mean: SPEC.md beside this file. Payloads are their JSON.
package ${name.replace(/[^a-z0-9]/g, '')};

// Somebody is at the door.
message Ring {
  // What the visitor calls itself, at most 80 characters.
  string name = 1;
}

// The answer through the door.
message Rung {
  string text = 1;
}
`
