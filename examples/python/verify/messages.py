"""Messages of Porchlight's own protocols by their .proto files, and what their specifications refuse beyond the encoding."""
import ipaddress, re
from protobuf import message, number_at
from refusal import Refused

SAFE = 2**53 - 1
FRAME_LIMIT, PUNCH_LIMIT = 1048576, 4096


def like(pattern):
    def read(text):
        if not re.fullmatch(pattern, text):
            raise Refused("id")
        return text
    return read


OBJECT, DEVICE = like("b[a-z2-7]{52}"), like("12D3KooW[1-9A-HJ-NP-Za-km-z]{44}")
PLACE, CURSOR = {1: ("n", int), 2: ("id", OBJECT)}, {1: ("n", int), 2: ("mark", OBJECT)}
HEARD, FACT = {1: ("device", DEVICE), 2: ("ageSec", int)}, {1: ("kind", str), 2: ("id", OBJECT), 3: ("bytes", bytes)}
USAGE = {1: ("grant", OBJECT), 2: ("scope", str), 3: ("total", int), 4: ("day", int), 5: ("today", int)}
CHAIN = {1: ("documents", [bytes]), 2: ("suspensions", [bytes])}
CODES = ("OK", "DENIED", "BAD_REQUEST", "APP", "BUSY", "TIMEOUT", "TOO_LARGE", "INTERNAL")
SHAPES = {
    # household.proto
    "Present": {1: ("own", CHAIN), 2: ("yours", CHAIN), 3: ("checkpoints", [bytes])},
    "Presented": {1: ("own", CHAIN), 2: ("checkpoints", [bytes])},
    "FactsRequest": {1: ("after", CURSOR), 2: ("heard", [HEARD]), 3: ("read", PLACE), 4: ("usage", [USAGE])},
    "FactsPage": {1: ("facts", [FACT]), 2: ("cursor", CURSOR), 3: ("reset", bool), 4: ("more", bool), 5: ("heard", [HEARD]),
                  6: ("checkpoints", [bytes]), 7: ("log", PLACE), 8: ("read", PLACE), 9: ("usage", [USAGE])},
    "Changed": {},
    "JoinRequest": {1: ("inviteId", bytes), 2: ("proof", bytes)},
    "JoinAnswer": {1: ("proof", bytes), 2: ("own", CHAIN), 3: ("name", str), 4: ("backupRecipient", str)},
    # invite.proto
    "AcceptRequest": {1: ("inviteId", bytes), 2: ("proof", bytes), 3: ("document", bytes), 4: ("name", str), 5: ("addresses", [str]),
                      6: ("laterDocuments", [bytes]), 7: ("suspensions", [bytes])},
    "AcceptResponse": {1: ("proof", bytes), 2: ("document", bytes), 3: ("name", str), 4: ("addresses", [str]), 5: ("laterDocuments", [bytes]), 6: ("suspensions", [bytes])},
    "AskRequest": {1: ("inviteId", bytes), 2: ("proof", bytes), 3: ("document", bytes), 4: ("name", str), 5: ("laterDocuments", [bytes]),
                   6: ("suspensions", [bytes]), 7: ("ask", bytes)},
    "AskResponse": {},
    # reach.proto, relay.proto
    "Look": {1: ("port", int)},
    "Looked": {1: ("address", str), 2: ("outcome", ("not-tried", "answered", "silent", "later")), 3: ("atMs", int)},
    "Ask": {},
    "Account": {1: ("carriedBytes", int), 2: ("openMs", int), 3: ("sinceMs", int), 4: ("circuits", int), 5: ("carries", bool)},
}
FRAME = {
    1: ("open", {1: ("protocol", str), 2: ("method", str), 3: ("deadlineMs", int), 5: ("payload", bytes), 6: ("location", str), 7: ("streaming", bool)}),
    2: ("data", {1: ("payload", bytes)}),
    3: ("end", {1: ("code", CODES), 2: ("reason", str), 3: ("payload", bytes)}),
}


def read_message(name, data):
    """The fields of a message as the vectors write them."""
    found = message(data, SHAPES[name])
    # What no page may be: one that promises more and brings nothing.
    if name == "FactsPage" and found["more"] and not found["facts"]:
        raise Refused("page")
    if len(found.get("address", "")) > 256:
        raise Refused("TOO_LARGE")
    if found.get("port", 0) > 65535 or any(found.get(key, 0) > SAFE for key in ("carriedBytes", "openMs", "sinceMs")):
        raise Refused("BAD_REQUEST")
    if name == "JoinAnswer" and found["backupRecipient"] == "":
        found["backupRecipient"] = None
    return found


def length_of(data, limit, longest):
    """The length that a frame begins with and where its body begins; `longest` is how many bytes a length may have."""
    length = at = 0
    for at, byte in enumerate(data[:longest]):
        length |= (byte & 127) << 7 * at
        if length > limit:
            raise Refused("TOO_LARGE")
        if byte < 128:
            return length, at + 1
    if len(data) >= longest:
        raise Refused("TOO_LARGE" if longest == 2 else "BAD_REQUEST")
    raise Refused("CLOSED")


def body_of(data, limit, longest=8):
    length, at = length_of(data, limit, longest)
    if len(data) < at + length:
        raise Refused("CLOSED")
    return data[at:at + length]


def read_frame(data):
    """One frame of the gate with its length prefix: a dict with the one body that is set."""
    try:
        found = {name: body for name, body in message(body_of(data, FRAME_LIMIT), FRAME).items() if body is not None}
    except Refused as refusal:
        raise Refused("BAD_REQUEST" if str(refusal) == "malformed" else str(refusal)) from None
    if len(found) != 1:
        raise Refused("BAD_REQUEST")
    return found


def address_of(data):
    """The text of a multiaddr of IP and TCP; None for anything else."""
    try:
        number, at = number_at(data, 0)
        size = {4: 4, 41: 16}[number]
        ip, rest = ipaddress.ip_address(data[at:at + size]), data[at + size:]
        transport, at = number_at(rest, 0)
    except (Refused, KeyError, ValueError):
        return None
    return f"/ip{ip.version}/{ip}/tcp/{int.from_bytes(rest[at:], 'big')}" if transport == 6 and len(rest) == at + 2 else None


def read_punch(data):
    """A message of DCUtR with its length prefix: its type, and the addresses that can be made out."""
    body = body_of(data, PUNCH_LIMIT, 2)
    try:
        found = message(body, {1: ("type", int), 2: ("addresses", [bytes])})
    except Refused:
        raise Refused("BAD_REQUEST") from None
    if found["type"] not in (100, 300):
        raise Refused("BAD_REQUEST")
    addresses = [address_of(bytes.fromhex(each)) for each in found["addresses"]]
    return {"type": {100: "CONNECT", 300: "SYNC"}[found["type"]], "addresses": [each for each in addresses if each is not None]}
