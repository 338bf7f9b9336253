"""Reads the vectors of protocols/consent and protocols/household without any of Porchlight's code: nothing but Python's standard library.

Written from the SPECs and household.proto alone: canonical CBOR, ids, libp2p envelopes, Ed25519 (RFC 8032), the messages of siblings. It
knows no schema of objects, so what only a schema refuses it counts as not looked at. Usage: read_vectors.py CONSENT-DIRECTORY
HOUSEHOLD-DIRECTORY; prints one line for each case that came out wrong, and a sum.
"""
import base64, hashlib, json, re, sys, unicodedata
from pathlib import Path

SAFE = 2**53 - 1
IGNORABLE = [(0xAD, 0xAD), (0x34F, 0x34F), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F), (0x2065, 0x2065), (0x3164, 0x3164),
             (0xFE00, 0xFE0F), (0xFFA0, 0xFFA0), (0xFFF0, 0xFFF8), (0xE0000, 0xE0FFF)]


# Longest payload of a type, where it is not 16 KiB (docs/limits.md).
LIMITS = {"manifest": 65536, "given": 65536 + 16384, "contact": 131072}


class Refused(Exception):
    pass


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
            raise Refused("cbor")
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


def shown(value):
    """A value as the vectors write it."""
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    if isinstance(value, int):
        return {"int": str(value)}
    if isinstance(value, bytes):
        return {"hex": value.hex()}
    if isinstance(value, list):
        return [shown(one) for one in value]
    return {"map": [[key, shown(one)] for key, one in value.items()]}


def id_of(payload):
    return "b" + base64.b32encode(hashlib.sha256(payload).digest()).decode().lower().rstrip("=")


def varint(number):
    return bytes([number]) if number < 128 else bytes([number & 127 | 128]) + varint(number >> 7)


def prefixed(data):
    return varint(len(data)) + data


def envelope(data):
    """The fields of an envelope, refused unless writing them again gives the same bytes."""
    fields, at = {1: b"", 2: b"", 3: b"", 5: b""}, 0
    try:
        while at < len(data):
            number, length, shift, tag = data[at] >> 3, 0, 0, data[at] & 7
            at += 1
            while True:
                length |= (data[at] & 127) << shift
                shift += 7
                at += 1
                if data[at - 1] < 128:
                    break
            if tag != 2 or number not in fields or at + length > len(data):
                raise Refused("envelope")
            fields[number], at = data[at:at + length], at + length
    except IndexError:
        raise Refused("envelope")
    if b"".join(varint(number * 8 + 2) + prefixed(field) for number, field in fields.items() if field) != data:
        raise Refused("envelope")
    return fields[1], fields[2], fields[3], fields[5]


# Ed25519, RFC 8032 section 5.1, in extended coordinates.
P, L = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)


def add(a, b):
    x, y = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    z, t = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = y - x, t - z, t + z, y + x
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(scalar, point):
    total = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            total = add(total, point)
        point, scalar = add(point, point), scalar >> 1
    return total


def same(a, b):
    return (a[0] * b[2] - b[0] * a[2]) % P == 0 and (a[1] * b[2] - b[1] * a[2]) % P == 0


def point(raw):
    y, sign = int.from_bytes(raw, "little") & (2**255 - 1), raw[31] >> 7
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    x = x * ROOT % P if (x * x - square) % P else x
    if len(raw) != 32 or y >= P or (x * x - square) % P or (x == 0 and sign):
        raise Refused("key")
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


BASE = point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))
NOTHING = (0, 1, 1, 0)


def verify(raw, message, signature):
    key = point(raw)
    if same(key, NOTHING) or not same(times(L, key), NOTHING):
        raise Refused("key")
    scalar = int.from_bytes(signature[32:], "little")
    if len(signature) != 64 or scalar >= L:
        return False
    challenge = int.from_bytes(hashlib.sha512(signature[:32] + raw + message).digest(), "little") % L
    try:
        return same(times(scalar, BASE), add(point(signature[:32]), times(challenge, key)))
    except Refused:
        return False


def open_object(data, t):
    """Checks 1 to 9 of the SPEC. Returns payload, value and key."""
    limit = LIMITS.get(t, 16384)
    if len(data) > limit + 256:
        raise Refused("too-large")
    key, payload_type, payload, signature = envelope(data)
    if not key:
        raise Refused("envelope")
    if len(payload) > limit:
        raise Refused("too-large")
    if len(key) != 36 or key[:4] != bytes([8, 1, 18, 32]):
        raise Refused("key")
    point(key[4:])
    said = prefixed(f"porchlight/{t}/1".encode()) + prefixed(f"/porchlight/{t}".encode()) + prefixed(payload)
    good = verify(key[4:], said, signature)
    if payload_type != f"/porchlight/{t}".encode():
        raise Refused("type")
    if not good:
        raise Refused("signature")
    value = decode(payload)
    if not isinstance(value, dict):
        raise Refused("schema")
    if value.get("t") != t or value.get("v") != 1:
        raise Refused("type")
    return payload, value, key


def outcome(case, t):
    """What is wrong with our reading of a case; None when nothing is, False when it takes a schema to tell."""
    if "repeat" in case:
        part = case["repeat"]
        data = bytes.fromhex(part["bytes"] * part["times"] + part["end"])
    else:
        data = bytes.fromhex(case.get("bytes", case.get("envelope")))
    try:
        payload, value, key = (data, decode(data), None) if t is None else open_object(data, t)
    except Refused as refusal:
        if case["valid"]:
            return f"refused as {refusal}"
        alike = {"cbor", "not-canonical"}
        fits = str(refusal) in (case["because"], case.get("or")) or {str(refusal), case["because"]} <= alike
        return None if fits else f"refused as {refusal}, not {case['because']}"
    if not case["valid"]:
        return False if case["because"] in ("schema", "signer") else f"accepted, not refused as {case['because']}"
    if id_of(payload) != case["id"] or ("payload" in case and payload.hex() != case["payload"]):
        return f"another id or payload: {id_of(payload)}"
    wanted = case.get("value", case.get("body"))
    return None if wanted is None and "payload" in case or shown(value) == wanted else "another value"


# household.proto: field number to (name, kind). A list of one kind is repeated, a kind that is a dict is a message, None when absent.
PLACE, CURSOR = {1: ("n", int), 2: ("id", "object")}, {1: ("n", int), 2: ("mark", "object")}
HEARD = {1: ("device", "device"), 2: ("ageSec", int)}
USAGE = {1: ("grant", "object"), 2: ("scope", str), 3: ("total", int), 4: ("day", int), 5: ("today", int)}
MESSAGES = {
    "FactsRequest": {1: ("after", CURSOR), 2: ("heard", [HEARD]), 3: ("read", PLACE), 4: ("usage", [USAGE])},
    "FactsPage": {1: ("facts", [{1: ("kind", str), 2: ("id", "object"), 3: ("bytes", bytes)}]), 2: ("cursor", CURSOR), 3: ("reset", bool),
                  4: ("more", bool), 5: ("heard", [HEARD]), 6: ("checkpoints", [bytes]), 7: ("log", PLACE), 8: ("read", PLACE), 9: ("usage", [USAGE])},
    "Changed": {},
    "JoinRequest": {1: ("inviteId", bytes), 2: ("proof", bytes)},
    "JoinAnswer": {1: ("proof", bytes), 2: ("own", {1: ("documents", [bytes]), 2: ("suspensions", [bytes])}), 3: ("name", str), 4: ("backupRecipient", str)},
}
IDS = {"object": "b[a-z2-7]{52}", "device": "12D3KooW[1-9A-HJ-NP-Za-km-z]{44}"}


def number_at(data, at):
    value = shift = 0
    while at < len(data):
        value |= (data[at] & 127) << shift
        at, shift = at + 1, shift + 7
        if data[at - 1] < 128:
            return value, at
    raise Refused("malformed")


def one(kind, value):
    """A field of one kind as the vectors write it."""
    if kind is int:
        return value
    if kind is bool:
        return value != 0
    if kind is bytes:
        return value.hex()
    if isinstance(kind, dict):
        return message(value, kind)
    try:
        text = value.decode("utf-8")
    except UnicodeDecodeError:
        raise Refused("malformed")
    if kind is not str and not re.fullmatch(IDS[kind], text):
        raise Refused("id")
    return text


def message(data, fields):
    found = {name: [] if isinstance(kind, list) else None if isinstance(kind, dict) else {int: 0, bool: False}.get(kind, "") for name, kind in fields.values()}
    at = 0
    while at < len(data):
        tag, at = number_at(data, at)
        name, kind = fields.get(tag >> 3, (None, None))
        value, at = number_at(data, at)
        if tag & 7 == 2:
            if at + value > len(data):
                raise Refused("malformed")
            value, at = data[at:at + value], at + value
        elif tag & 7 != 0:
            raise Refused("malformed")
        if name is not None:
            found[name] = [*found[name], one(kind[0], value)] if isinstance(kind, list) else one(kind, value)
    return found


def sibling_outcome(case):
    """As `outcome`, for a message of siblings/1."""
    try:
        read = message(bytes.fromhex(case["bytes"]), MESSAGES[case["message"]])
        if read.get("more") and not read["facts"]:
            raise Refused("page")
    except Refused as refusal:
        return f"refused as {refusal}" if case["valid"] else None if str(refusal) == case["because"] else f"refused as {refusal}, not {case['because']}"
    if not case["valid"]:
        return f"accepted, not refused as {case['because']}"
    # A backup recipient that is not known is an empty text.
    read = {name: None if name == "backupRecipient" and value == "" else value for name, value in read.items()}
    return None if read == case["fields"] else f"other fields: {read}"


def main(directory, household):
    right = wrong = unseen = 0
    for case in json.loads((Path(household) / "siblings.json").read_text(encoding="utf-8"))["cases"]:
        found = sibling_outcome(case)
        right, wrong = right + (found is None), wrong + bool(found)
        if found:
            print(f"siblings.json, {case['message']} {case['name']}: {found}")
    for name in ("canonical.json", "objects.json", "cross-type.json", "signed-objects.json"):
        for case in json.loads((Path(directory) / name).read_text(encoding="utf-8"))["cases"]:
            kinds = {"canonical.json": [None], "signed-objects.json": ["vector"]}.get(name, [case.get("t"), case.get("signedAs")])
            for t in [kind for kind in kinds if kind is not None or name == "canonical.json"]:
                found = outcome(case, t)
                right, wrong, unseen = right + (found is None), wrong + bool(found), unseen + (found is False)
                if found:
                    print(f"{name}, {case.get('t', '')} {case.get('name', case.get('signedAs'))}: {found}")
    print(f"{right} right, {wrong} wrong, {unseen} need a schema")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
