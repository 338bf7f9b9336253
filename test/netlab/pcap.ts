/** One IP packet of a capture. */
export interface Packet {
  readonly source: string
  readonly destination: string
  /** 6 TCP, 17 UDP, 1 ICMP, 58 ICMPv6. */
  readonly protocol: number
  /** 0 where the protocol has none. */
  readonly sourcePort: number
  readonly destinationPort: number
  /** What follows the header of TCP or UDP; else what follows the IP header. */
  readonly payload: Buffer
  /** Place of the payload in its TCP flow. */
  readonly sequence: number
}

const fileHeaderBytes = 24
const recordHeaderBytes = 16
const ethernetBytes = 14

/**
 * Reads what `tcpdump -w` wrote on an Ethernet interface. Frames that are neither IPv4 nor IPv6 are left out; a record cut off at the end,
 * as a killed tcpdump leaves it, too.
 *
 * @see https://www.ietf.org/archive/id/draft-gharris-opsawg-pcap-01.html
 */
export function packetsIn(capture: Buffer): Packet[] {
  if (capture.length < fileHeaderBytes) return []
  if (capture.readUInt32LE(0) !== 0xa1b2c3d4) throw new Error('not a capture of this machine by tcpdump')
  const packets: Packet[] = []
  for (let at = fileHeaderBytes; at + recordHeaderBytes <= capture.length;) {
    const bytes = capture.readUInt32LE(at + 8)
    const frame = capture.subarray(at + recordHeaderBytes, at + recordHeaderBytes + bytes)
    at += recordHeaderBytes + bytes
    const packet = frame.length === bytes ? packetIn(frame) : undefined
    if (packet) packets.push(packet)
  }
  return packets
}

function packetIn(frame: Buffer): Packet | undefined {
  const type = frame.readUInt16BE(12)
  const ip = frame.subarray(ethernetBytes)
  if (type === 0x0800) {
    const [source, destination] = [12, 16].map((at) => ip.subarray(at, at + 4).join('.'))
    // The length, because short frames are padded.
    return transport(ip[9]!, source!, destination!, ip.subarray((ip[0]! & 15) * 4, ip.readUInt16BE(2)))
  }
  if (type !== 0x86dd) return undefined
  const [source, destination] = [8, 24].map((at) => ipv6(ip.subarray(at, at + 16)))
  return transport(ip[6]!, source!, destination!, ip.subarray(40, 40 + ip.readUInt16BE(4)))
}

function transport(protocol: number, source: string, destination: string, body: Buffer): Packet {
  const ported = protocol === 6 || protocol === 17
  const headerBytes = protocol === 6 ? (body[12]! >> 4) * 4 : protocol === 17 ? 8 : 0
  return {
    protocol,
    source,
    destination,
    sourcePort: ported ? body.readUInt16BE(0) : 0,
    destinationPort: ported ? body.readUInt16BE(2) : 0,
    payload: body.subarray(headerBytes),
    sequence: protocol === 6 ? body.readUInt32BE(4) : 0,
  }
}

/** As people write it; what knows that already is the parser of addresses of the web. */
function ipv6(bytes: Buffer): string {
  const groups = Array.from({ length: 8 }, (_, n) => bytes.readUInt16BE(2 * n).toString(16))
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1)
}

/** The bytes of each flow from one end to the other, TCP in its own order, so that what straddles two packets is found too. */
export function flowsOf(packets: readonly Packet[]): Map<string, Buffer> {
  const flows = new Map<string, Packet[]>()
  for (const packet of packets) {
    if (packet.payload.length === 0) continue
    const name = `${packet.protocol} ${packet.source} ${packet.sourcePort} > ${packet.destination} ${packet.destinationPort}`
    flows.set(name, [...(flows.get(name) ?? []), packet])
  }
  return new Map([...flows].map(([name, of]) => [name, joined(of)]))
}

function joined(packets: readonly Packet[]): Buffer {
  if (packets[0]?.protocol !== 6) return Buffer.concat(packets.map(({ payload }) => payload))
  const first = packets[0].sequence
  // Sequence numbers wrap at 32 bits; a test's flow is far below half of that.
  const placed = packets
    .map((packet) => ({ at: (packet.sequence - first) | 0, payload: packet.payload }))
    .toSorted((one, other) => one.at - other.at)
  const parts: Buffer[] = []
  let end = placed[0]!.at
  for (const { at, payload } of placed) {
    const fresh = payload.subarray(Math.max(0, end - at))
    parts.push(fresh)
    end = Math.max(end, at + payload.length)
  }
  return Buffer.concat(parts)
}
