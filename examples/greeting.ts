// A protocol of one's own: one query, one scope, and the nine lines that a household reads before it says yes (greeting.json).
import { defineProtocol, type Codec, type ManifestBody } from '@porchlight/sdk'
import consentText from './greeting.json' with { type: 'json' }

const text: Codec<{ text: string }> = {
  encode: (value) => new TextEncoder().encode(value.text ?? ''),
  decode: (bytes) => ({ text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) }),
}

export const greeting = defineProtocol({
  id: '/example/greeting/1',
  methods: { greet: { kind: 'query', scope: 'greet', input: text, output: text } },
})

/** Checked where it is served: a text that leaves out a line, or claims what no code enforces, is refused. */
export const greetingManifest = consentText as ManifestBody
