"""Canonical DAG-CBOR and ids, as "Signed objects" of protocols/consent/SPEC.md has them."""
import base64, hashlib, unicodedata
from refusal import Refused

SAFE = 2**53 - 1
# Characters that draw nothing although Unicode does not class them as format characters.
IGNORABLE = [(0xAD, 0xAD), (0x34F, 0x34F), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F), (0x2065, 0x2065), (0x3164, 0x3164),
             (0xFE00, 0xFE0F), (0xFFA0, 0xFFA0), (0xFFF0, 0xFFF8), (0xE0000, 0xE0FFF)]


def clean(text):
    if unicodedata.normalize("NFC", text) != text:
        raise Refused("text")
    for char in text:
        if unicodedata.category(char) in ("Cc", "Cf", "Zl", "Zp") or any(a <= ord(char) <= b for a, b in IGNORABLE):
            raise Refused("text")
    return text


def decode(data):
    """The value of canonical CBOR; maps as dicts in the order of their encoding."""
    value, at = item(data, 0, 0)
    if at != len(data):
        raise Refused("cbor")
    return value


def take(data, at, count):
    if at + count > len(data):
        raise Refused("cbor")
    return data[at:at + count], at + count


def item(data, at, depth):
    head, at = take(data, at, 1)
    major, info = head[0] >> 5, head[0] & 31
    if major == 7:
        if head[0] not in (0xF4, 0xF5, 0xF6):
            raise Refused("cbor")
        return {0xF4: False, 0xF5: True, 0xF6: None}[head[0]], at
    if major == 6 or info > 27 or depth > 200:
        raise Refused("cbor")
    number = info
    if info > 23:
        width = 1 << (info - 24)
        raw, at = take(data, at, width)
        number = int.from_bytes(raw, "big")
        if number < (24 if width == 1 else 1 << (4 * width)):
            raise Refused("not-canonical")
    if number > SAFE or (major == 1 and number >= SAFE):
        raise Refused("cbor")
    if major < 2:
        return (number if major == 0 else -1 - number), at
    if major < 4:
        raw, at = take(data, at, number)
        try:
            return (raw if major == 2 else clean(raw.decode("utf-8"))), at
        except UnicodeDecodeError:
            raise Refused("cbor") from None
    found, keys = [] if major == 4 else {}, []
    for _ in range(number):
        if major == 5:
            key, at = item(data, at, depth + 1)
            if not isinstance(key, str):
                raise Refused("cbor")
            keys.append((len(key.encode()), key.encode()))
            if len(keys) > 1 and keys[-2] >= keys[-1]:
                raise Refused("not-canonical")
        value, at = item(data, at, depth + 1)
        found.append(value) if major == 4 else found.update({key: value})
    return found, at


def id_of(payload):
    """The id of a payload: base32 of its SHA-256, lower case, with the multibase prefix b."""
    return "b" + base64.b32encode(hashlib.sha256(payload).digest()).decode().lower().rstrip("=")
