import {
  defineProtocol,
  limits,
  PorchlightError,
  type ManifestBody,
  type ManifestScope,
  type MethodKind,
  type ProtocolDefinition,
} from '@porchlight/core'
import { checkAppTarget, type AppTarget, type TargetRules } from './app-target.ts'

/** How a protocol is called, as far as the daemon has to know. */
export interface ServedDefinition {
  readonly door: 'grant'
  readonly methods: Readonly<Record<string, { readonly kind: MethodKind; readonly scope: string }>>
  readonly reasons: readonly string[]
}

/** What an app says when it registers to serve a protocol. */
export interface RegistrationInput {
  readonly definition: ServedDefinition
  readonly manifest: ManifestBody
  readonly target: AppTarget
  /** The daemon shows it with every call, so that the app knows who speaks to it. */
  readonly secret: string
}

/** A registration as it is kept: until the app takes it back or is revoked, over restarts of both. */
export interface Registration extends RegistrationInput {
  readonly protocol: string
  /** Hash of the app's token. */
  readonly app: string
}

const bytes = { encode: (value: Partial<Uint8Array>): Uint8Array => value as Uint8Array, decode: (value: Uint8Array): Uint8Array => value }

/** The definition as the node serves it. What the messages mean is the app's business. */
export const definitionOf = ({ protocol, definition }: Pick<Registration, 'protocol' | 'definition'>): ProtocolDefinition =>
  defineProtocol({
    id: protocol,
    door: 'grant',
    methods: Object.fromEntries(
      Object.entries(definition.methods).map(([name, { kind, scope }]) => [name, { kind, scope, input: bytes, output: bytes }]),
    ),
    reasons: definition.reasons,
  })

const notValid = (message: string): PorchlightError => new PorchlightError('BAD_REQUEST', message, { reason: 'not-valid' })

/**
 * Checks what an app registers, but for the consent text, which the node checks.
 *
 * @throws `BAD_REQUEST` with reason `not-valid` or `target`
 */
export function checkRegistration(input: RegistrationInput, about: { protocol: string; app: string } & TargetRules): Registration {
  const { definition, manifest, secret } = input
  const { protocol, app } = about
  const names = Object.keys(definition.methods)
  if (names.length === 0 || names.length > limits.appMethods) throw notValid(`${names.length} methods, limit ${limits.appMethods}`)
  if (manifest.proto !== protocol) throw notValid(`the consent text is of ${manifest.proto}, not of ${protocol}`)
  // Of the consent text nothing is checked yet.
  const scopes = new Set(Array.isArray(manifest.scopes) ? manifest.scopes.map((scope: Partial<ManifestScope> | null) => scope?.id) : [])
  for (const [name, { scope }] of Object.entries(definition.methods))
    if (!scopes.has(scope)) throw notValid(`method ${name} needs the scope ${scope}, of which the consent text says nothing`)
  definitionOf({ protocol, definition })
  return { protocol, app, definition, manifest, secret, target: checkAppTarget(input.target, about) }
}
