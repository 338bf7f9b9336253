"""Reads the vectors of protocols/rendezvous/vectors without any of Porchlight's code: nothing but Python's standard library.

Written from the SPEC alone: X25519 (RFC 7748) of converted Ed25519 keys, HKDF (RFC 5869), Ed25519 (RFC 8032), ChaCha20-Poly1305 (RFC 8439).
Usage: read_rendezvous.py DIRECTORY; prints one line for each case that came out wrong, and a sum.
"""
import hashlib, hmac, json, struct, sys
from pathlib import Path
from read_vectors import BASE, L, P, Refused, point, times, verify

ADDRESS = "/"
SIZES = (512, 1024, 1536)


def hkdf(secret, *lines):
    key = hmac.new(bytes(32), secret, hashlib.sha256).digest()
    return hmac.new(key, "\n".join(map(str, lines)).encode() + b"\1", hashlib.sha256).digest()


def scalar(seed):
    raw = bytearray(hashlib.sha512(seed).digest()[:32])
    raw[0], raw[31] = raw[0] & 248, raw[31] & 127 | 64
    return int.from_bytes(raw, "little")


def packed(p):
    z = pow(p[2], P - 2, P)
    x, y = p[0] * z % P, p[1] * z % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def shared(seed, other):
    """The u of seed times the other key, which is the u of the same point on the other curve."""
    _, y, z, _ = times(scalar(seed), other)
    return ((z + y) * pow(z - y, P - 2, P) % P).to_bytes(32, "little")


def keys(secret, day, writer):
    seed = hkdf(secret, "porchlight/rendezvous/1/sign", day, writer)
    public = packed(times(scalar(seed) % L, BASE))
    return public, hkdf(secret, "porchlight/rendezvous/1/seal", day, writer), hashlib.sha256(public).digest()


def rotated(x, by):
    return (x << by | x >> 32 - by) & 0xFFFFFFFF


def block(key, counter, nonce):
    start = [0x61707865, 0x3320646E, 0x79622D32, 0x6B206574, *struct.unpack("<8L", key), counter, *struct.unpack("<3L", nonce)]
    x = list(start)
    for _ in range(10):
        for a, b, c, d in ((0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15), (0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14)):
            for one, two, three, by in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
                x[one] = (x[one] + x[two]) & 0xFFFFFFFF
                x[three] = rotated(x[three] ^ x[one], by)
    return struct.pack("<16L", *((a + b) & 0xFFFFFFFF for a, b in zip(x, start)))


def opened(key, nonce, text, tag, aad):
    one_time = block(key, 0, nonce)
    r = int.from_bytes(one_time[:16], "little") & 0x0FFFFFFC0FFFFFFC0FFFFFFC0FFFFFFF
    padded = b"".join(part + bytes(-len(part) % 16) for part in (aad, text)) + struct.pack("<QQ", len(aad), len(text))
    total = 0
    for at in range(0, len(padded), 16):
        total = (total + int.from_bytes(padded[at:at + 16] + b"\1", "little")) * r % (2**130 - 5)
    if ((total + int.from_bytes(one_time[16:32], "little")) % 2**128).to_bytes(16, "little") != tag:
        raise Refused("sealed")
    stream = b"".join(block(key, 1 + at // 64, nonce) for at in range(0, len(text), 64))
    return bytes(a ^ b for a, b in zip(text, stream))


def varint(data, at):
    value = shift = 0
    while True:
        if at >= len(data) or shift > 63:
            raise Refused("encoding")
        byte, at = data[at], at + 1
        value |= (byte & 127) << shift
        if byte < 128:
            if byte == 0 and shift:
                raise Refused("encoding")
            return value, at
        shift += 7


def fields(data):
    """Fields of protobuf as (number, value); lengths and numbers in their shortest form."""
    found, at = [], 0
    while at < len(data):
        tag, at = varint(data, at)
        value, at = varint(data, at)
        if tag & 7 == 2:
            if at + value > len(data):
                raise Refused("encoding")
            value, at = data[at:at + value], at + value
        elif tag & 7:
            raise Refused("encoding")
        found.append((tag >> 3, value))
    return found


def read(data, key, sealing):
    if len(data) > 2048:
        raise Refused("too-long")
    found = fields(data)
    seq = dict(found).get(2, 0)
    if seq == 0 or seq >= 2**53:
        raise Refused("seq")
    if [number for number, _ in found] != [1, 2, 3, 4]:
        raise Refused("encoding")
    public, seq, sealed, signature = (value for _, value in found)
    if len(public) != 32 or hashlib.sha256(public).digest() != key:
        raise Refused("key")
    number = struct.pack(">Q", seq)
    if not verify(public, b"porchlight/rendezvous/1/record\n" + number + sealed, signature):
        raise Refused("signature")
    if len(sealed) - 28 not in SIZES:
        raise Refused("sealed")
    plain = opened(sealing, sealed[:12], sealed[12:-16], sealed[-16:], public + number)
    length = plain[0] << 8 | plain[1]
    if length > len(plain) - 2 or any(plain[2 + length:]):
        raise Refused("addresses")
    addresses = [value.decode() for _, value in fields(plain[2:2 + length])]
    if not all(text.startswith(ADDRESS) for text in addresses):
        raise Refused("addresses")
    return {"seq": seq, "addresses": addresses}


def main(directory):
    said, records = (json.loads((Path(directory) / name).read_text(encoding="utf-8")) for name in ("keys.json", "records.json"))
    right = wrong = 0

    def compare(name, is_, should):
        nonlocal right, wrong
        right, wrong = right + (is_ == should), wrong + (is_ != should)
        if is_ != should:
            print(f"{name}: {is_}, not {should}")

    (one, other) = said["devices"]
    point_of = lambda device: times(scalar(bytes.fromhex(device["seed"])) % L, BASE)
    for mine, theirs in ((one, other), (other, one)):
        secret = hkdf(shared(bytes.fromhex(mine["seed"]), point_of(theirs)), "porchlight/rendezvous/1/pair", *sorted((one["id"], other["id"])))
        compare("secret", secret.hex(), said["secret"])
    for case in said["cases"]:
        made = keys(secret, case["day"], case["writer"])
        compare(case["name"], [each.hex() for each in made], [case["publicKey"], case["sealing"], case["key"]])
    ways = {"a record of the next day": keys(secret, records["day"] + 1, one["id"]), "a record of the other direction": keys(secret, records["day"], other["id"])}
    today = keys(secret, records["day"], one["id"])
    for case in records["cases"]:
        _, sealing, key = ways.get(case["name"], today)
        try:
            outcome = read(bytes.fromhex(case["bytes"]), key, sealing)
        except Refused as refusal:
            outcome = str(refusal)
        compare(case["name"], outcome, case["fields"] if case["valid"] else case["because"])
    print(f"{right} right, {wrong} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
