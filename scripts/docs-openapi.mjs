// Writes docs/openapi.json from the schemas of the local API: `npm run docs:openapi`.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './workspaces.mjs'

const { createApi, openapiOf } = await import('../daemon/src/api/app.ts')
const { SetupTokens } = await import('../daemon/src/api/setup-tokens.ts')

// Only the routes are asked for, so nothing of a daemon has to be there but what building them touches.
const daemon = { setup: new SetupTokens('/nonexistent', Date.now), apiPort: 0 }
const app = createApi({ daemon, nowMs: Date.now })
writeFileSync(join(root, 'docs/openapi.json'), `${JSON.stringify(openapiOf(app), undefined, 2)}\n`)
console.log('wrote docs/openapi.json')
