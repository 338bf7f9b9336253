import type { ExplainedCall, GrantCause, GrantView as EngineGrant } from '@porchlight/consent'
import type { LimitView, WhyScope, WhyView } from './views.ts'

/** What a household is told about its own gate. */
export interface WhyInput {
  readonly petname: string
  readonly location: string
  readonly protocol: string
  readonly household: WhyView['household']
  /** What the gate says of a call under each scope that the protocol's text knows. */
  readonly scopes: readonly { readonly scope: string; readonly says: ExplainedCall }[]
  /** Grants of ours to that household for that protocol. */
  readonly grants: readonly EngineGrant[]
  /** Blocks of that household that stand: of that protocol, or (`null`) of all. */
  readonly blocks: readonly (string | null)[]
  /** Limits of one of them, with what is used. */
  readonly limitsOf: (grant: string) => readonly LimitView[]
}

/** Puts an explanation into rules, grants and the commands that would change it. Pure. */
export function whyView(input: WhyInput): WhyView {
  const { petname, location, protocol, household, scopes, grants, limitsOf } = input
  const rows = scopes.map(({ scope, says }): WhyScope => ({ scope, allow: says.allow, because: says.because, grant: says.grant }))
  const first = scopes[0]?.says
  const rulings = first?.rulings ?? []
  const halts = first?.halts ?? []
  const concerned = grants.filter(({ service, state }) => service === location && !['REVOKED', 'RENOUNCED', 'SUPERSEDED'].includes(state))
  return {
    household,
    petname,
    protocol,
    location,
    allow: rows.some(({ allow }) => allow),
    scopes: rows,
    halts,
    cooldown: first?.cooldown ?? null,
    grants: rulings.flatMap(({ grant: id }) => {
      const grant = concerned.find((each) => each.id === id)
      if (!grant) return []
      const { state, causes, nbfMs, expMs, lastUsedMs, decaysMs } = grant
      return [{ id, state, causes, notBeforeMs: nbfMs, expMs, lastUsedMs, decaysMs, limits: limitsOf(id) }]
    }),
    remedies: [
      ...halts.map((halt) => haltRemedies[halt]),
      ...unblocking(input),
      ...concerned.flatMap((grant) => (grant.blocked ? [] : remediesOf(grant, petname))),
      ...(concerned.length === 0
        ? [
            {
              says: `nothing of ${location || protocol} was given to ${petname}`,
              command: `porchlight share TARGET --as ${location || 'NAME'} --with ${petname}`,
            },
          ]
        : []),
    ],
  }
}

const haltRemedies = {
  locked: { says: 'this household is locked', command: 'porchlight unlock' },
  paused: { says: 'everything was stopped by panic', command: 'porchlight resume' },
  rollback: { says: 'the database is older than what others know', command: 'porchlight resume GRANT…' },
  clock: {
    says: 'the clock of this machine went back; set it right, or say that it is right',
    command: 'porchlight resume --clock-is-right',
  },
} as const

/** One command for each block that stands in the way. */
const unblocking = ({ blocks, petname }: WhyInput): Remedy[] =>
  blocks.map((protocol) => ({
    says: `a block keeps ${petname} out`,
    command: `porchlight unblock ${petname}${protocol === null ? '' : ` --protocol ${protocol}`}`,
  }))

function remediesOf({ id, state, causes, signedByBoth }: EngineGrant, petname: string): Remedy[] {
  const short = id.slice(0, 12)
  if (state === 'SCHEDULED' && !signedByBoth) return [{ says: `${petname} has not accepted it yet`, command: null }]
  if (state === 'EXPIRED') return [{ says: 'its time is over', command: `porchlight share --with ${petname}, anew` }]
  if (state === 'ACTIVE') return [{ says: 'it is in force; this would end it', command: `porchlight revoke ${short}` }]
  // What holds the whole household has said so already.
  return causes.flatMap((cause) => (cause in causeSays ? [causeSays[cause as GrantCause](short)] : []))
}

type Remedy = WhyView['remedies'][number]

const causeSays: Readonly<Record<GrantCause, (id: string) => Remedy>> = {
  unused: (id) => ({ says: 'nobody used it for long; to keep it', command: `porchlight resume ${id}` }),
  'device-suspended': (id) => ({ says: 'a device that was suspended since signed it; to confirm it', command: `porchlight resume ${id}` }),
  rollback: (id) => ({ says: 'the database was older than what others know; to confirm it', command: `porchlight resume ${id}` }),
  quota: () => ({ says: 'its limit in bytes is used up', command: null }),
  stale: () => ({ says: 'this device has not heard of the others of this household for too long; connect them', command: null }),
}
