const hex = (...bytes: number[]): string => Buffer.from(bytes).toString('hex')

/** Multiaddrs in bytes, put together by hand. @see https://github.com/multiformats/multicodec/blob/master/table.csv */
const ip4 = hex(0x04, 45, 10, 0, 10, 0x06, 0xef, 0x32)
const ip6 = hex(0x29, 0x2a, 0x01, 0, 0x10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10, 0x06, 0xef, 0x32)
const noAddress = hex(0xff, 0xff, 0xff)

const connect = '0864'
const sync = '08ac02'
const address = (bytes: string): string => `12${hex(bytes.length / 2)}${bytes}`

/** With the length before it, as an unsigned varint. */
function framed(body: string): string {
  const length = body.length / 2
  return (length < 0x80 ? hex(length) : hex((length & 0x7f) | 0x80, length >> 7)) + body
}

const texts = ['/ip4/45.10.0.10/tcp/61234', '/ip6/2a01:10::10/tcp/61234']

/** Messages of /libp2p/dcutr, sound and not. */
export function punchMessageVectors(): object {
  return {
    about:
      'Messages of /libp2p/dcutr with their length prefix, as hex. A message lists the addresses that a reader makes out; an error is the code of the local error with which the stream ends. Written by scripts/make-vectors.ts.',
    cases: [
      {
        name: 'CONNECT with two addresses',
        bytes: framed(connect + address(ip4) + address(ip6)),
        message: { type: 'CONNECT', addresses: texts },
      },
      { name: 'CONNECT without an address', bytes: framed(connect), message: { type: 'CONNECT', addresses: [] } },
      { name: 'SYNC', bytes: framed(sync), message: { type: 'SYNC', addresses: [] } },
      {
        name: 'fields in another order, and one that is not known',
        bytes: framed(`${address(ip4)}1a0100${connect}`),
        message: { type: 'CONNECT', addresses: [texts[0]] },
      },
      {
        name: 'what is no multiaddr is left out',
        bytes: framed(connect + address(noAddress) + address('') + address(ip6)),
        message: { type: 'CONNECT', addresses: [texts[1]] },
      },
      {
        name: 'a message as large as allowed',
        bytes: framed(`${connect}1a${hex((4091 & 0x7f) | 0x80, 4091 >> 7)}${'00'.repeat(4091)}`),
        message: { type: 'CONNECT', addresses: [] },
      },
      { name: 'one byte more', bytes: hex(0x81, 0x20), error: 'TOO_LARGE' },
      { name: 'a length in three bytes', bytes: hex(0x84, 0x80, 0x00), error: 'TOO_LARGE' },
      { name: 'no type', bytes: framed(address(ip4)), error: 'BAD_REQUEST' },
      { name: 'nothing in it', bytes: '00', error: 'BAD_REQUEST' },
      { name: 'a type that is not known', bytes: framed('08c801'), error: 'BAD_REQUEST' },
      { name: 'no protobuf', bytes: framed('ffff'), error: 'BAD_REQUEST' },
      { name: 'the stream ends inside the message', bytes: framed(connect + address(ip4)).slice(0, -2), error: 'CLOSED' },
    ],
  }
}
