import {
  defineProtocol as checkDefinition,
  isPorchlightError,
  PorchlightError,
  type AnyMethod,
  type ManifestBody,
  type ProtocolDefinition,
} from '@porchlight/core'
import { manifestOf, type ConsentText } from './consent-text.ts'

/** A protocol of an app: what calls need of it, its consent text, and its own errors. */
export interface Protocol<
  Methods extends Record<string, AnyMethod> = Record<string, AnyMethod>,
  Scope extends string = string,
  Reason extends string = string,
> extends ProtocolDefinition<Methods> {
  readonly door: 'grant'
  /** The consent text, as it is signed and shown. */
  readonly manifest: ManifestBody
  readonly reasons: readonly Reason[]
  /** Scope ids, in the order of the text. */
  readonly scopes: readonly Scope[]
  /** An error of the protocol's own, for a handler to throw; the caller gets it with code `APP` and this reason. */
  fail(reason: Reason, message?: string): PorchlightError
  /** Whether an error is the protocol's own of that name. */
  failedWith(error: unknown, reason: Reason): boolean
}

/** Scope ids of a protocol. */
export type ScopeOf<P> = P extends Protocol<infer _Methods, infer Scope> ? Scope : string

interface Parts<Methods, Reason extends string> {
  readonly manifest: ManifestBody
  readonly methods: Methods
  readonly errors?: readonly Reason[]
}

/**
 * A protocol whose consent text stands elsewhere, as in a folder with `manifest.json`.
 *
 * @throws `BAD_REQUEST` as `defineProtocol`
 */
export function protocolOf<const Methods extends Record<string, AnyMethod>, const Reason extends string = never>({
  manifest,
  methods,
  errors = [],
}: Parts<Methods, Reason>): Protocol<Methods, string, Reason> {
  const definition = checkDefinition({ id: manifest.proto, door: 'grant', methods, reasons: errors })
  checkScopes(manifest, methods)
  return {
    ...definition,
    door: 'grant',
    manifest,
    reasons: errors,
    scopes: manifest.scopes.map(({ id }) => id),
    fail: (reason, message = reason) => new PorchlightError('APP', message, { reason }),
    failedWith: (error, reason) => isPorchlightError(error) && error.code === 'APP' && error.reason === reason,
  }
}

/**
 * Defines a protocol of one's own: id, consent text, scopes, methods and errors. A line that is missing in a language, a scope that is not
 * there, and, where it is served, a handler that is missing do not compile.
 *
 * @throws `BAD_REQUEST` when the id, a method name or an error word is not well formed, when no scope is required, or when a required one is
 *         needed by no method: whoever says yes would give more than is used
 * @see docs/protocols.md
 */
export function defineProtocol<
  const Lang extends string,
  const Scope extends string,
  const Methods extends Record<string, AnyMethod & { readonly scope: NoInfer<Scope> }>,
  const Data extends string = never,
  const Reason extends string = never,
>(
  definition: ConsentText<Lang, Scope, Data> & {
    /** `/authority/name/MAJOR`; an authority is a domain of yours, or `example`. */
    readonly id: string
    /** Made by `query`, `procedure`, `subscription` and `stream`. */
    readonly methods: Methods
    /** The protocol's own error words: `asleep`, `list-full`. */
    readonly errors?: readonly Reason[]
  },
): Protocol<Methods, Scope, Reason> {
  const { id, methods, errors } = definition
  return protocolOf({ manifest: manifestOf(id, definition), methods, ...(errors && { errors }) }) as Protocol<Methods, Scope, Reason>
}

function checkScopes({ proto, scopes }: ManifestBody, methods: Readonly<Record<string, AnyMethod>>): void {
  const fault = (says: string) => new PorchlightError('BAD_REQUEST', `${proto}: ${says}`, { reason: 'manifest-faults' })
  const needed = new Set(Object.values(methods).map(({ scope }) => scope))
  for (const [name, { scope }] of Object.entries(methods))
    if (!scopes.some(({ id }) => id === scope)) throw fault(`the method ${name} needs the scope "${scope}", which is not defined`)
  if (!scopes.some(({ required }) => required)) throw fault('no scope is required, so nothing would be ticked to begin with')
  const unused = scopes.find(({ id, required }) => required && !needed.has(id))
  if (unused) throw fault(`the scope "${unused.id}" is required, but no method needs it`)
}

/** `protocol.json` of a protocol: what of its definition consent rests on. @see docs/protocols.md */
export function protocolFile({ id, door, methods, reasons, manifest }: ProtocolDefinition & { readonly manifest: ManifestBody }) {
  return {
    id,
    door,
    methods: Object.fromEntries(Object.entries(methods).map(([name, { kind, scope }]) => [name, { kind, scope }])),
    reasons,
    ticked: manifest.scopes.filter(({ required }) => required).map((scope) => scope.id),
  }
}
