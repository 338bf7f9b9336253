import { askOrigins, grantCauses, haltCauses } from '@porchlight/consent'
import { limits } from '@porchlight/core'
import { z } from '@hono/zod-openapi'

/** The shapes that the local API sends, one schema each. Those of the node are its views; a test holds them equal. */

const ms = z.number().int().openapi({ description: 'milliseconds since 1970' })
const id = z.string()
const path = z
  .object({
    kind: z.enum(['direct', 'relayed']),
    relay: z
      .object({ device: z.string(), petname: z.string().nullable() })
      .nullable()
      .openapi({ description: 'whose device carries; `petname` when it is a contact' }),
    roundTripMs: z.number().int().nullable().openapi({ description: 'the last round trip measured' }),
  })
  .nullable()
  .openapi({ description: 'how calls go now; null while not connected' })
const list = <T extends z.ZodType>(schema: T) => z.array(schema).readonly()

const halts = list(z.enum(haltCauses)).openapi({ description: 'what holds the whole household: nothing is allowed while any is there' })
/** What suspends a grant. */
const causes = list(z.enum([...new Set([...haltCauses, ...grantCauses])]))

const looksLike = z
  .object({ name: z.string(), whose: z.enum(['contact', 'household']) })
  .nullable()
  .openapi({ description: 'a name that this one cannot be told apart from at a glance; `household`: what this household calls itself' })

export const status = z
  .object({
    household: id,
    device: id,
    name: z.string(),
    startedMs: ms,
    addresses: list(z.string()),
    contacts: z.object({ known: z.number().int(), connected: z.number().int() }),
    recoveryWordsPending: z.boolean(),
    waiting: z.object({ total: z.number().int(), contacts: z.number().int() }),
    lastBackupMs: z.number().int().nullable(),
    newerAt: z.array(z.string()).readonly().openapi({ description: 'petnames of contacts that hold a newer state of this record' }),
    halts,
    alarms: list(z.string()),
    daemon: z.object({
      version: z.string(),
      pid: z.number().int(),
      home: z.string(),
      apiUrl: z.string(),
      gatewayUrl: z.string().nullable(),
    }),
  })
  .openapi('Status')

export const invite = z
  .object({
    id,
    link: z.string(),
    note: z.string(),
    petname: z.string().nullable(),
    looksLike,
    expMs: ms,
    state: z.enum(['open', 'used', 'expired', 'exhausted', 'cancelled']),
  })
  .openapi('Invite')

export const contact = z
  .object({
    household: id,
    petname: z.string(),
    label: z.string(),
    selfChosenName: z.string().openapi({ description: 'what they call themselves, in quotes: nobody vouches for it' }),
    looksLike,
    level: z.enum(['unverified', 'introduced', 'compared']),
    words: list(z.string()),
    connected: z.boolean(),
    path,
    sinceMs: ms,
  })
  .openapi('Contact')

export const device = z
  .object({
    device: z.string(),
    caps: list(z.enum(['serve', 'grant', 'revoke', 'govern'])),
    expMs: ms.nullable().openapi({ description: 'when it ends by itself; null for never' }),
    state: z.enum(['in-force', 'suspended', 'expired']),
    self: z.boolean().openapi({ description: 'whether it is the one that answers' }),
    connected: z.boolean(),
  })
  .openapi('Device')

const scopeIds = z.array(z.string().max(limits.methodChars)).max(16)
/** Which scopes something is about; without either, what the protocol cannot do without. */
export const scopeChoice = {
  scopes: scopeIds.min(1).optional().openapi({ description: 'exactly these; nothing optional is on by itself' }),
  also: scopeIds.optional().openapi({ description: 'optional ones besides the required ones, where `scopes` is left out' }),
}

export const card = z
  .object({
    title: z.string(),
    lines: list(
      z.object({
        key: z.string(),
        label: z.string(),
        text: z.string(),
        mark: z.enum(['enforced', 'promised', 'cannot be undone']).nullable(),
      }),
    ),
    text: z.string().openapi({ description: 'the exact text that `hash` is of' }),
    lang: z.string(),
    hash: z.string(),
  })
  .openapi('Card')

const counter = z
  .object({ id, scopes: list(z.string()), expMs: ms, lapseMs: ms, why: z.string() })
  .nullable()
  .openapi({ description: 'what stands instead of what was asked; scopes, expMs and card of the ask are of it then' })

export const ask = z
  .object({
    id,
    kind: z.enum(['ask', 'offer', 'ours', 'counter', 'unused', 'changed']),
    household: id,
    petname: z.string(),
    protocol: z.string(),
    location: z.string(),
    scopes: list(z.string()),
    why: z.string(),
    state: z.string(),
    atMs: ms,
    expMs: ms,
    origin: z.enum(askOrigins),
    selfChosenName: z.string().openapi({ description: 'of an asker that is no contact, in quotes: nobody vouches for it' }),
    looksLike,
    snoozedMs: ms.nullable(),
    counter,
    card,
  })
  .openapi('Ask')

export const block = z
  .object({
    id: id.nullable().openapi({ description: 'null for one that four denials make' }),
    household: id,
    petname: z.string(),
    protocol: z.string().nullable().openapi({ description: 'null: everything' }),
    atMs: ms.nullable(),
  })
  .openapi('Block')

export const digest = z
  .object({
    contacts: list(
      z.object({
        household: id,
        petname: z.string(),
        sinceMs: ms,
        items: list(z.object({ id, kind: z.enum(['ask', 'offer', 'counter']), protocol: z.string(), location: z.string(), sinceMs: ms })),
        more: z.number().int(),
      }),
    ),
    moreContacts: z.number().int(),
    total: z.number().int(),
  })
  .openapi('Digest', { description: 'what waits for a decision, who has waited longest first; what is left out is counted' })

const window = z.object({
  days: list(z.number().int()).openapi({ description: 'ISO weekdays on which it begins, 1 is Monday, in order' }),
  from: z.number().int().openapi({ description: 'minute of the day' }),
  to: z.number().int().openapi({ description: 'first minute outside; not after `from`: on the next day' }),
  tz: z.string().openapi({ description: 'IANA time zone, such as `Europe/Berlin`' }),
})

/** The closed set. What is not in it is refused, not left out: a limit that nobody keeps is none. */
export const limitsBody = z
  .strictObject({
    bytesTotal: z.number().int().positive().optional().openapi({ description: 'payload bytes both ways, for as long as the grant lasts' }),
    bytesPerDay: z.number().int().positive().optional().openapi({ description: 'the same, per day of UTC' }),
    opsPerMin: z.number().int().positive().optional().openapi({ description: 'calls begun within any 60 seconds' }),
    streams: z.number().int().positive().optional().openapi({ description: 'calls at the same time' }),
    window: window.optional().openapi({ description: 'hours of the week, by the wall clock of their zone' }),
  })
  .openapi('Limits')

/** Limits of a grant and what is used of them. */
const limitUses = list(
  z.object({
    scopes: list(z.string()),
    max: limitsBody,
    text: z.string().openapi({ description: 'the same in plain words' }),
    usedBytes: z.number().int().nullable().openapi({ description: 'null where only the other side knows' }),
    usedTodayBytes: z.number().int().nullable(),
  }),
)

export const fresh = z.union([z.literal(0), z.number().int().min(limits.grantFreshLeastMs).max(limits.grantLifetimeMs)]).openapi({
  description: `how long another device of this household may serve it without hearing of this one, milliseconds; 0 for ever, default ${limits.grantFreshMs}`,
})

export const grant = z
  .object({
    id,
    direction: z.enum(['given', 'received']),
    household: id,
    petname: z.string(),
    protocol: z.string(),
    location: z.string(),
    scopes: list(z.string()),
    state: z.string(),
    causes,
    blocked: z.boolean().openapi({ description: 'a block defeats it: it is in force, and allows nothing' }),
    notBeforeMs: ms,
    expMs: ms,
    freshMs: ms.nullable().openapi({
      description:
        'how long another device of this household serves it without hearing of the one that signed it; 0 for ever, null for a received one',
    }),
    lastUsedMs: ms.nullable(),
    decaysMs: ms.nullable().openapi({ description: 'when it suspends unless it is used; null where its end comes first' }),
    receipt: z.boolean(),
    revocation: z.string().nullable(),
    limits: limitUses,
    erasure: z.enum(['none', 'requested', 'claimed']).openapi({ description: '`claimed`: the recipient says so; nobody can check it' }),
  })
  .openapi('Grant')

export const why = z
  .object({
    household: id,
    petname: z.string(),
    protocol: z.string(),
    location: z.string(),
    allow: z.boolean(),
    scopes: list(z.object({ scope: z.string(), allow: z.boolean(), because: z.string().nullable(), grant: id.nullable() })),
    halts,
    cooldown: z.object({ untilMs: ms, blocked: z.boolean() }).nullable(),
    grants: list(
      z.object({
        id,
        state: z.string(),
        causes,
        notBeforeMs: ms,
        expMs: ms,
        lastUsedMs: ms.nullable(),
        decaysMs: ms.nullable(),
        limits: limitUses,
      }),
    ),
    remedies: list(z.object({ says: z.string(), command: z.string().nullable() })),
  })
  .openapi('Why')

export const session = z
  .object({
    id,
    household: id,
    petname: z.string(),
    grant: id,
    protocol: z.string(),
    location: z.string(),
    sinceMs: ms,
    openCalls: z.number().int(),
    sentBytes: z.number().int(),
    receivedBytes: z.number().int(),
    path,
  })
  .openapi('Session')

export const logEntry = z
  .object({
    n: z.number().int(),
    id: id.optional(),
    atMs: ms,
    kind: z.string(),
    text: z.string().nullable(),
    detail: z.record(z.string(), z.unknown()).readonly().nullable(),
  })
  .openapi('LogEntry')

export const logVerification = z
  .object({ ok: z.boolean(), entries: z.number().int(), fault: z.string().nullable() })
  .openapi('LogVerification')

export const services = z
  .object({
    mine: list(z.object({ name: z.string(), target: z.string(), createdMs: ms, sharedWith: list(grant) })),
    offered: list(
      z.object({
        name: z.string(),
        household: id,
        petname: z.string(),
        label: z.string(),
        url: z.string().nullable().openapi({ description: 'local address of the app; null while the gateway does not run' }),
        grant,
      }),
    ),
  })
  .openapi('Services')

export const sharePreview = z.object({ card, target: z.string(), warnings: list(z.string()) }).openapi('SharePreview')

export const shareInput = z
  .object({
    target: z
      .string()
      .max(limits.locationChars)
      .optional()
      .openapi({ description: '`http://host:port` or `unix:/path`; may be left out for a service that exists' }),
    as: z.string().max(limits.serviceNameChars),
    with: z.string().min(1).max(limits.locationChars),
    untilMs: ms,
    allowChanges: z
      .boolean()
      .default(false)
      .openapi({ description: 'also to change things there, not only to look and download; nobody gets that unless it is said' }),
    limits: limitsBody.optional(),
    freshMs: fresh.optional(),
  })
  .openapi('ShareInput')

export const problem = z
  .object({
    type: z.literal('about:blank'),
    title: z.string(),
    status: z.number().int(),
    detail: z.string(),
    code: z.string(),
    reason: z.string().nullable(),
  })
  .openapi('Problem', { description: 'RFC 9457; branch on `code`, then on `reason`' })

export const examination = z
  .object({
    findings: list(
      z.object({
        about: z.string().openapi({ description: 'a stable word for programs, such as `ipv4`' }),
        level: z.enum(['ok', 'note', 'warning', 'fault']),
        says: z.string(),
        remedy: z.string().nullable(),
      }),
    ),
    talksTo: list(
      z.object({
        kind: z.enum(['contact', 'own-device', 'relay', 'address-book', 'name-server', 'router', 'lan']),
        who: z.string(),
        addresses: list(z.string()),
        why: z.string(),
      }),
    ).openapi({ description: 'everybody whom this node contacts by itself' }),
  })
  .openapi('Examination')
