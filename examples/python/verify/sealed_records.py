"""Sealed address records: protocols/rendezvous/SPEC.md. HKDF (RFC 5869) and ChaCha20-Poly1305 (RFC 8439) by hand, for Python's library has neither."""
import hashlib, hmac, struct
from ed25519 import public_key, shared_secret, verify
from protobuf import fields
from refusal import Refused

SIZES = (512, 1024, 1536)


def hkdf(secret, *lines):
    key = hmac.new(bytes(32), secret, hashlib.sha256).digest()
    return hmac.new(key, "\n".join(map(str, lines)).encode() + b"\1", hashlib.sha256).digest()


def pair_secret(seed, other, devices):
    """What two devices know and nobody else: from the seed of one and the public key of the other; `devices` are the ids of both."""
    return hkdf(shared_secret(seed, other), "porchlight/rendezvous/1/pair", *sorted(devices))


def keys(secret, day, writer):
    """Public key, sealing key and place of the record of one day."""
    public = public_key(hkdf(secret, "porchlight/rendezvous/1/sign", day, writer))
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


def read(data, key, sealing):
    if len(data) > 2048:
        raise Refused("too-long")
    try:
        found = list(fields(data, shortest=True))
    except Refused:
        raise Refused("encoding") from None
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
    addresses = [value.decode() for _, value in fields(plain[2:2 + length], shortest=True)]
    if not all(text.startswith("/") for text in addresses):
        raise Refused("addresses")
    return {"seq": seq, "addresses": addresses}
