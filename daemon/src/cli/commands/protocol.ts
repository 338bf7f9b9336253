import type { Command } from '@commander-js/extra-typings'
import { manifestText } from '@porchlight/consent'
import { PorchlightError, type ManifestBody } from '@porchlight/core'
import { consentManifest } from '@porchlight/protocol-consent'
import { gateManifest } from '@porchlight/protocol-gate'
import { householdManifest } from '@porchlight/protocol-household'
import { inviteManifest } from '@porchlight/protocol-invite'
import { reachManifest } from '@porchlight/protocol-reach'
import { rendezvousManifest } from '@porchlight/protocol-rendezvous'
import { relayManifest } from '@porchlight/protocol-relay'
import { shareManifest } from '@porchlight/protocol-share'
import { type Answer, command, print, type Runner } from '../command-line.ts'
import { check, conform, docs, scaffoldFolder } from './protocol-kit.ts'

/** Consent texts of what this program speaks itself. */
const ownTexts: readonly ManifestBody[] = [
  gateManifest,
  inviteManifest,
  householdManifest,
  consentManifest,
  reachManifest,
  rendezvousManifest,
  relayManifest,
  shareManifest,
]

function list(): Answer {
  const data = ownTexts.map(({ proto, langs, title }) => ({ id: proto, langs, title }))
  return { data, text: data.map(({ id, title }) => `${id}  ${title['en'] ?? ''}`).join('\n') }
}

function show(id: string, lang: string): Answer {
  const manifest = ownTexts.find(({ proto }) => proto === id || proto.split('/')[2] === id)
  if (!manifest)
    throw new PorchlightError('BAD_REQUEST', `no protocol ${id} here; "porchlight protocol show" lists them`, {
      reason: 'unknown-protocol',
    })
  const { lang: spoken, text } = manifestText(manifest, lang)
  return { data: { lang: spoken, manifest }, text }
}

export function addProtocolCommands(program: Command, runner: Runner): void {
  const answer = (flags: { json?: true | undefined }, made: Answer): void => {
    print(runner.terminal, flags.json === true, made)
    runner.outcome.exitCode = made.exitCode ?? 0
  }
  const protocol = command(program, 'protocol', 'what a protocol asks of people, and whether it says so').action((flags) =>
    answer(flags, list()),
  )

  command(protocol, 'new', 'make the folder of a protocol to begin with, complete with spec, schema, consent text, vectors and test')
    .argument('<name>', 'an id such as /example/doorbell/1, or doorbell')
    .argument('[dir]', 'a folder that is not there yet; default the name')
    .option('--lang <tag>', 'the second language of the consent text', 'de')
    .action(async (name, dir, flags) => answer({ ...protocol.opts(), ...flags }, await scaffoldFolder(name, dir, flags.lang)))

  command(protocol, 'check', 'look for what is missing in the folder of a protocol; needs no daemon and runs nothing of it')
    .argument('<dir>', 'the folder with SPEC.md, protocol.json, manifest.json')
    .option('--release', 'when nothing is missing, write text and schema into its released.json and released-schema.json')
    .action(async (dir, flags) => answer({ ...protocol.opts(), ...flags }, await check(dir, flags.release === true)))

  command(protocol, 'docs', 'write the spec, the consent card in every language and the schema as one page that needs nothing else')
    .argument('<dir>', 'the folder of the protocol')
    .option('--out <file>', 'where to; default an .html file in the folder')
    .action(async (dir, flags) => answer({ ...protocol.opts(), ...flags }, await docs(dir, flags.out, runner.terminal.nowMs())))

  command(protocol, 'conform', 'play the conformance cases of a folder against an implementation, and say which requirement it breaks')
    .argument('<dir>', 'the folder of the protocol')
    .requiredOption('--against <target>', 'an invite link (pairs), a multiaddr (as a stranger), the http:// URL of an app, or a contact')
    .option('--location <location>', 'of a contact: the room of the grant that is held there')
    .option('--echo <protocol>', 'of a gate: a protocol whose unary and stream its contacts may call, for the cases that need one')
    .option('--secret-file <file>', 'of an app: the secret that it expects of its daemon')
    .action(async (dir, flags) => await runner.run({ ...protocol.opts(), ...flags }, (context) => conform(dir, flags, context)))

  command(protocol, 'show', 'what somebody can do by one of our own protocols, in nine lines; without an id, the list')
    .argument('[id]', 'such as /porchlight/invite/1, or invite')
    .option('--lang <tag>', 'language of the text', 'en')
    .action((id, flags) => answer({ ...protocol.opts(), ...flags }, id === undefined ? list() : show(id, flags.lang)))
}
