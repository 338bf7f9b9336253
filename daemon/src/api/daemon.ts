import type { HouseholdNode } from '@porchlight/node'
import type { AppPages } from '../apps/app-pages.ts'
import type { Apps } from '../apps/apps.ts'
import type { Shares } from '../services/shares.ts'
import type { EventFeed } from './event-feed.ts'
import type { SetupTokens } from './setup-tokens.ts'

/** What the API is an API of. */
export interface Daemon {
  readonly node: HouseholdNode
  readonly shares: Shares
  readonly apps: Apps
  readonly appPages: AppPages
  readonly events: EventFeed
  readonly setup: SetupTokens
  readonly recovery: RecoveryWords
  readonly version: string
  readonly home: string
  readonly apiPort: number
  /** `undefined` while the gateway does not run. */
  readonly gatewayPort: number | undefined
  /** False once the daemon was told to stop. */
  isReady(): boolean
  log(event: string, fields: Readonly<Record<string, unknown>>): void
}

/** Recovery words that were shown and not yet confirmed. */
export interface RecoveryWords {
  taken: { readonly words: readonly string[]; done(): Promise<void> } | undefined
}
