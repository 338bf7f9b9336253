import { connect, PorchlightError } from '@porchlight/sdk/browser'
import { door } from './door.ts'

// For the tests, which work the page from outside: `home` and `door` of theirs are these.
Object.assign(globalThis, { home: await connect(), door, PorchlightError })
