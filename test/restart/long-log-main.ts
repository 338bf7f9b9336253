// Checks the log of the ledger in DIR as a daemon does, in a process of its own so that its memory is its own, and says what it found and took.
import { householdOf, keyOf } from '@porchlight/consent/testing'
import { Consent } from '@porchlight/consent'
import { openStore } from '@porchlight/store'
import { idOf } from '@porchlight/wire'

const store = await openStore({ dir: process.argv[2]! })
const self = { household: householdOf('ana'), document: idOf(new Uint8Array()) }
const consent = await Consent.open({
  ledger: store.ledger,
  key: await keyOf('ana'),
  self,
  maySign: () => true,
  nowMs: Date.now,
  random: (length) => crypto.getRandomValues(new Uint8Array(length)),
})
const before = process.memoryUsage.rss()
const started = performance.now()
const { ok, entries, firstFault } = await consent.verifyLog()
console.log(
  JSON.stringify({ ok, entries, firstFault, ms: Math.round(performance.now() - started), grewBytes: process.memoryUsage.rss() - before }),
)
await consent[Symbol.asyncDispose]()
await store[Symbol.asyncDispose]()
