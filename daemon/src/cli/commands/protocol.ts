import type { Command } from '@commander-js/extra-typings'
import { checkProtocol, manifestText, type ProtocolFault } from '@porchlight/consent'
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
import { readProtocol, release } from '../protocol-directory.ts'

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

const lineOf = ({ file, field, says }: ProtocolFault) => `${field === '' ? file : `${file}, ${field}`}: ${says}`

function check(dir: string, isRelease: boolean): Answer {
  const checked = checkProtocol(readProtocol(dir))
  const { faults, protocol, manifest } = checked
  if (faults.length > 0 || !manifest || !protocol)
    return { data: { id: protocol?.id ?? null, faults }, text: faults.map(lineOf).join('\n'), exitCode: 1 }
  const isNew = isRelease && release(dir, checked)
  const text = [
    `${protocol.id} is complete: rev ${manifest.body.rev} in ${manifest.body.langs.join(', ')}, id ${manifest.id}.`,
    ...Object.entries(manifest.enforced).map(([key, why]) => `enforced: ${key}, because ${why}`),
    ...(isNew ? ['Written to released.json: from now on a changed text needs the next rev.'] : []),
  ]
  const data = { id: protocol.id, faults, rev: manifest.body.rev, manifest: manifest.id, langs: manifest.body.langs, released: isNew }
  return { data, text: text.join('\n') }
}

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

  command(protocol, 'check', 'look for what is missing in the folder of a protocol; needs no daemon and runs nothing of it')
    .argument('<dir>', 'the folder with SPEC.md, protocol.json, manifest.json')
    .option('--release', 'when nothing is missing, write the text into its released.json')
    .action((dir, flags) => answer({ ...protocol.opts(), ...flags }, check(dir, flags.release === true)))

  command(protocol, 'show', 'what somebody can do by one of our own protocols, in nine lines; without an id, the list')
    .argument('[id]', 'such as /porchlight/invite/1, or invite')
    .option('--lang <tag>', 'language of the text', 'en')
    .action((id, flags) => answer({ ...protocol.opts(), ...flags }, id === undefined ? list() : show(id, flags.lang)))
}
