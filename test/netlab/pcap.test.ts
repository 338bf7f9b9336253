import { expect, test } from 'vitest'
import { flowsOf, packetsIn, type Packet } from './pcap.ts'

/** A capture with these frames, as tcpdump writes it on a little-endian machine. */
function capture(...frames: string[]): Buffer {
  const header = Buffer.from('d4c3b2a102000400000000000000000000000400' + '01000000', 'hex')
  const records = frames.map((hex) => {
    const frame = Buffer.from(hex.replaceAll(' ', ''), 'hex')
    const record = Buffer.alloc(16)
    record.writeUInt32LE(frame.length, 8)
    record.writeUInt32LE(frame.length, 12)
    return Buffer.concat([record, frame])
  })
  return Buffer.concat([header, ...records])
}

const macs = '020000000001 020000000002'
/** UDP of 51.20.0.2 port 4660 to 45.10.0.10 port 53, with the payload `hi` and two bytes of Ethernet padding. */
const udp = `${macs} 0800 4500001e 00000000 40110000 33140002 2d0a000a 12340035000a0000 6869 0000`
const udp6 = `${macs} 86dd 60000000 000a 11 40 2a010014000100000000000000000010 2a010010000000000000000000000010` + '12340035000a00006869'

test('a packet is read with its addresses, ports and payload, and without the padding of its frame', () => {
  const [packet] = packetsIn(capture(udp))
  expect(packet).toMatchObject({ source: '51.20.0.2', destination: '45.10.0.10', protocol: 17, sourcePort: 4660, destinationPort: 53 })
  expect(packet!.payload.toString()).toBe('hi')
})

test('an IPv6 address is written as people write it', () => {
  expect(packetsIn(capture(udp6))[0]).toMatchObject({ source: '2a01:14:1::10', destination: '2a01:10::10', destinationPort: 53 })
})

test('a record that was cut off, and a frame that is no IP, are left out', () => {
  const whole = capture(`${macs} 0806 0001`, udp)
  expect(packetsIn(whole)).toHaveLength(1)
  expect(packetsIn(whole.subarray(0, -3))).toEqual([])
})

test('what straddles two TCP packets is found in the flow, whatever order they came in and however often', () => {
  const packet = (sequence: number, payload: string): Packet => ({
    source: 'a',
    destination: 'b',
    protocol: 6,
    sourcePort: 1,
    destinationPort: 2,
    sequence,
    payload: Buffer.from(payload),
  })
  const flows = flowsOf([packet(0xffff_fffe, 'calen'), packet(7, '1'), packet(3, 'dar/'), packet(3, 'dar/'), packet(3, '')])
  expect([...flows.values()].map(String)).toEqual(['calendar/1'])
})
