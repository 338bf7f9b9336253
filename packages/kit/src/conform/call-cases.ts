import { isDeepStrictEqual } from 'node:util'
import { limits } from '@porchlight/core'
import type { CallCase, Payload, ConformanceFile } from '../cases/case-file.ts'
import { codecOf, toHex, type Codec } from '../check/codec.ts'
import type { CheckedFolder } from '../check/check-folder.ts'
import { inTurns } from './in-turns.ts'
import type { Answer, Target, TargetCall } from './target.ts'
import type { Finding } from './transcripts.ts'

/** What of a protocol's folder a call needs. */
export type Meaning = Pick<CheckedFolder, 'protocol' | 'schema'>

const answered = ({ code, reason }: Answer): string => (reason === undefined || reason === '' ? code : `${code} "${reason}"`)

/** Makes the call of a case, whole and, when it says so, cut off after every byte of its input. */
export async function makeCall(each: CallCase, file: ConformanceFile, meaning: Meaning, target: Target): Promise<Finding> {
  const { call, expect, truncated } = each
  const codec = codecOf(file, meaning.schema)
  const messages = file.messages?.[call.method]
  const payload = codec.encode(call.input, messages?.input)
  const request: TargetCall = {
    protocol: call.protocol ?? file.protocol,
    method: call.method,
    kind: meaning.protocol?.methods[call.method]?.kind ?? 'procedure',
    location: call.location ?? '',
    payload,
    messages: (call.messages ?? []).map((message) => codec.encode(message, messages?.input)),
    deadlineMs: call.deadlineMs,
  }
  const finding = unlike(await target.call(each.as, request), expect, codec, messages?.output)
  if (finding !== undefined || truncated === undefined) return finding
  const findings = await inTurns(payload.byteLength, async (n) => {
    const answer = await target.call(each.as, { ...request, payload: payload.subarray(0, n) })
    return truncated.some((code) => code === answer.code)
      ? undefined
      : `input cut after ${n} of ${payload.byteLength} bytes: expected ${truncated.join(' or ')}, got ${answered(answer)}`
  })
  return findings.find((cut) => cut !== undefined)
}

function unlike(answer: Answer, expect: CallCase['expect'], codec: Codec, message: string | undefined): Finding {
  const { notBeforeMs } = expect
  if (notBeforeMs !== undefined && answer.tookMs < notBeforeMs - limits.conformEarlyMs)
    return `the answer came after ${Math.round(answer.tookMs)} ms, not before ${notBeforeMs} ms is allowed`
  if ('error' in expect) {
    const codes = Array.isArray(expect.error) ? expect.error : [expect.error]
    if (!codes.some((code) => code === answer.code)) return `expected ${codes.join(' or ')}, got ${answered(answer)}`
    if (expect.reason !== undefined && (answer.reason ?? '') !== expect.reason)
      return `expected the reason "${expect.reason}", got "${answer.reason ?? ''}"`
    return answer.payload.byteLength > 0 ? `a refusal carries ${answer.payload.byteLength} bytes` : undefined
  }
  if (answer.code !== 'OK') return `expected an answer, got ${answered(answer)}`
  const wrong =
    (expect.ok === undefined ? undefined : otherThan(answer.payload, expect.ok, codec, message)) ??
    (expect.has === undefined ? undefined : lacking(answer.payload, expect.has, codec, message))
  if (wrong !== undefined || expect.messages === undefined) return wrong
  if (answer.messages.length !== expect.messages.length) return `expected ${expect.messages.length} messages, got ${answer.messages.length}`
  return expect.messages
    .map((payload, at) => otherThan(answer.messages[at]!, payload, codec, message))
    .find((finding) => finding !== undefined)
}

function lacking(bytes: Uint8Array, fields: Readonly<Record<string, unknown>>, codec: Codec, message: string | undefined): Finding {
  try {
    const got = codec.decode(bytes, message) as Record<string, unknown> | null
    const other = Object.keys(fields).find((name) => !isDeepStrictEqual(got?.[name], fields[name]))
    return other === undefined ? undefined : `expected ${other} to be ${JSON.stringify(fields[other])}, got ${JSON.stringify(got?.[other])}`
  } catch (error) {
    return `the answer cannot be read: ${error instanceof Error ? error.message : String(error)}`
  }
}

/** Values compare by meaning: the order of keys and how a number is encoded are nobody's business. */
function otherThan(bytes: Uint8Array, expected: Payload, codec: Codec, message: string | undefined): Finding {
  if (!('value' in expected)) {
    const wanted = toHex(codec.encode(expected, message))
    return toHex(bytes) === wanted ? undefined : `expected the bytes ${wanted || '(none)'}, got ${toHex(bytes) || '(none)'}`
  }
  try {
    const got = codec.decode(bytes, message)
    const wanted = codec.decode(codec.encode(expected, message), message)
    return isDeepStrictEqual(got, wanted) ? undefined : `expected ${JSON.stringify(wanted)}, got ${JSON.stringify(got)}`
  } catch (error) {
    return `the answer cannot be read: ${error instanceof Error ? error.message : String(error)}`
  }
}
