import { gateFrames, refusal } from '@porchlight/wire'
import { fromHex, hex, prefixed, utf8 } from './bytes.ts'

const { Code } = gateFrames.End
const open = { protocol: '/porchlight/share/1', method: 'open', deadlineMs: 30_000, payload: Uint8Array.of(1, 2, 3), location: 'photos', streaming: false }

/** The vectors of gate frames. Deterministic. */
export function gateFrameVectors(): object {
  const valid = (name: string, frame: Parameters<typeof gateFrames.Frame.encode>[0], shown: object) => ({
    name,
    bytes: hex(prefixed(gateFrames.Frame.encode(frame))),
    valid: true,
    frame: shown,
  })
  const invalid = (name: string, bytes: string, because: string, note?: string) => ({ name, bytes, valid: false, because, ...(note === undefined ? {} : { note }) })
  const end = (code: gateFrames.End['code'], reason = '', payload = new Uint8Array()) => ({ end: { code, reason, payload } })
  const shownOpen = { ...open, payload: '010203' }
  return {
    about:
      'Frames of /porchlight/gate/1 with their length prefix, as hex. "frame" gives the fields, bytes in hex. An invalid case ends the stream as soon as its last byte has arrived; "because" is the code of the local error: TOO_LARGE before any of the body is buffered, BAD_REQUEST for what is no frame, CLOSED when the stream ends there. Written by scripts/make-vectors.ts.',
    cases: [
      valid('Open of a unary call', { open }, { open: shownOpen }),
      valid('Open of a streaming call without deadline', { open: { ...open, deadlineMs: 0, streaming: true } }, { open: { ...shownOpen, deadlineMs: 0, streaming: true } }),
      valid('Open with nothing in it', { open: { protocol: '', method: '', deadlineMs: 0, payload: new Uint8Array(), location: '', streaming: false } }, { open: { protocol: '', method: '', deadlineMs: 0, payload: '', location: '', streaming: false } }),
      valid('Data', { data: { payload: utf8('hello') } }, { data: { payload: hex(utf8('hello')) } }),
      valid('Data without payload', { data: { payload: new Uint8Array() } }, { data: { payload: '' } }),
      valid('End of a call that went well', end(Code.OK, '', Uint8Array.of(9)), { end: { code: 'OK', reason: '', payload: '09' } }),
      valid('End that is a half-close', end(Code.OK), { end: { code: 'OK', reason: '', payload: '' } }),
      valid('every refusal', { end: refusal }, { end: { code: 'DENIED', reason: '', payload: '' } }),
      ...(['BAD_REQUEST', 'BUSY', 'TIMEOUT', 'TOO_LARGE', 'INTERNAL'] as const).map((code) => valid(`End with ${code}`, end(Code[code]), { end: { code, reason: '', payload: '' } })),
      valid("End with an error of the protocol's own", end(Code.APP, 'missing'), { end: { code: 'APP', reason: 'missing', payload: '' } }),
      { ...valid('a field that is not known yet, inside Open', { open }, { open: shownOpen }), bytes: hex(prefixed(withUnknownField())), note: 'skipped, as protobuf asks for; so is field 4' },
      invalid('no body', '00', 'BAD_REQUEST'),
      invalid('a field that is no body', '022001', 'BAD_REQUEST'),
      invalid('End with a code that is not known', '041a020863', 'BAD_REQUEST'),
      invalid('body longer than its frame', '03127f01', 'BAD_REQUEST'),
      invalid('not protobuf', '03ffffff', 'BAD_REQUEST'),
      invalid('length of one byte over the limit', '818040', 'TOO_LARGE'),
      invalid('length of 4 GiB', 'ffffffff0f', 'TOO_LARGE'),
      invalid('length without an end', '80'.repeat(16), 'BAD_REQUEST'),
      invalid('cut off', '0712050a03'.concat('6162'), 'CLOSED', 'the stream ends inside the frame'),
    ],
  }
}

function withUnknownField(): Uint8Array {
  const body = gateFrames.Frame.encode({ open }).subarray(2)
  const extended = Uint8Array.from([...body, ...fromHex('22026869'), ...fromHex('f8070a')])
  return Uint8Array.of(0x0a, extended.byteLength, ...extended)
}
