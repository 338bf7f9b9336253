import { relayProtocol } from '@porchlight/protocol-relay'
import { hex } from './bytes.ts'

const { output } = relayProtocol.methods.account
const carried = { carriedBytes: 5_000_000_000, openMs: 86_400_000, sinceMs: 1_800_000_000_000, circuits: 3, carries: true }

/** The messages of relay/1. Deterministic. */
export function relayVectors(): object {
  const account = (name: string, fields: typeof carried) => ({ name, message: 'Account', bytes: hex(output.encode(fields)), valid: true, fields })
  const bad = (name: string, bytes: string, because: string) => ({ name, message: 'Account', bytes, valid: false, because })
  return {
    about: 'Messages of account. Bytes are hex. Written by scripts/make-vectors.ts.',
    cases: [
      { name: 'the question: no bytes at all', message: 'Ask', bytes: '', valid: true, fields: {} },
      account('an account', carried),
      account('nothing carried yet, and no relay now', { carriedBytes: 0, openMs: 0, sinceMs: 0, circuits: 0, carries: false }),
      account('the largest number of bytes that can be told', { ...carried, carriedBytes: Number.MAX_SAFE_INTEGER }),
      bad('one byte more than that', '08808080808080801028013001', 'BAD_REQUEST'),
      bad('a number cut off', '0880', 'malformed'),
      bad('a text where a number belongs', '0a0161', 'malformed'),
    ],
  }
}
