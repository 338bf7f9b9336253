"""Signed objects: libp2p envelopes around canonical DAG-CBOR, and the texts of keys. protocols/consent/SPEC.md, "Signed objects"."""
from canonical import decode, id_of
from ed25519 import sound_key, verify
from protobuf import fields, prefixed, varint
from refusal import Refused
from schema import check

# Longest payload of a type in bytes, where it is not 16 KiB (docs/limits.md).
LIMITS = {"manifest": 65536, "given": 65536 + 16384, "contact": 131072}
ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
# libp2p's protobuf of an Ed25519 key: type 1, 32 bytes. In a device id it stands as an identity multihash.
KEY_HEAD = bytes([8, 1, 18, 32])


def device_of(key):
    """The text of a device id, which is the peer id of libp2p: base58 of the identity multihash of the key."""
    number, text = int.from_bytes(b"\x24" + KEY_HEAD + key, "big"), ""
    while number:
        number, digit = divmod(number, 58)
        text = ALPHABET[digit] + text
    return "1" + text


def raw_key_of(device):
    """The 32 bytes of the key that a device id stands for."""
    number = 0
    for char in device:
        if char not in ALPHABET:
            raise Refused("key")
        number = number * 58 + ALPHABET.index(char)
    if number.bit_length() > 37 * 8:
        raise Refused("key")
    key = number.to_bytes(37, "big")[1:]
    if key[:4] != KEY_HEAD or device_of(key[4:]) != device:
        raise Refused("key")
    return key[4:]


def envelope(data):
    """Key, payload type, payload and signature, refused unless writing them again gives the same bytes."""
    found = {1: b"", 2: b"", 3: b"", 5: b""}
    try:
        for number, value in fields(data):
            if number not in found or not isinstance(value, bytes):
                raise Refused("envelope")
            found[number] = value
    except Refused:
        raise Refused("envelope") from None
    if b"".join(varint(number * 8 + 2) + prefixed(field) for number, field in found.items() if field) != data:
        raise Refused("envelope")
    return found[1], found[2], found[3], found[5]


def open_object(data, t):
    """Checks 1 to 10 of the specification, in its order. Returns payload, body (without t and v) and the device that signed."""
    limit = LIMITS.get(t, 16384)
    if len(data) > limit + 256:
        raise Refused("too-large")
    key, payload_type, payload, signature = envelope(data)
    if not key:
        raise Refused("envelope")
    if len(payload) > limit:
        raise Refused("too-large")
    if len(key) != 36 or key[:4] != KEY_HEAD:
        raise Refused("key")
    sound_key(key[4:])
    if payload_type != f"/porchlight/{t}".encode():
        raise Refused("type")
    said = prefixed(f"porchlight/{t}/1".encode()) + prefixed(payload_type) + prefixed(payload)
    if not verify(key[4:], said, signature):
        raise Refused("signature")
    value = decode(payload)
    if not isinstance(value, dict):
        raise Refused("schema")
    if value.get("t") != t or value.get("v") != 1 or value["v"] is True:
        raise Refused("type")
    body = {name: field for name, field in value.items() if name not in ("t", "v")}
    check(t, body)
    return payload, body, device_of(key[4:])


class Opened:
    """A signed object whose every check passed."""

    def __init__(self, data, t):
        payload, self.body, self.signer = open_object(data, t)
        self.type, self.id, self.payload = t, id_of(payload), payload
