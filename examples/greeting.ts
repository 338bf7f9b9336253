// A protocol of one's own: one query, one scope, and the nine lines that a household reads before it says yes (greeting.json).
import { protocolOf, query, type Codec, type ManifestBody } from '@porchlight/sdk'
import consentText from './greeting.json' with { type: 'json' }

const text: Codec<{ text: string }> = {
  encode: (value) => new TextEncoder().encode(value.text ?? ''),
  decode: (bytes) => ({ text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) }),
}

/** The text is checked where it is served: one that leaves out a line, or claims what no code enforces, is refused. */
export const greeting = protocolOf({
  manifest: consentText as ManifestBody,
  methods: { greet: query({ scope: 'greet', input: text, output: text }) },
})
