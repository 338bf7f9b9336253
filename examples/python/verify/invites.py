"""Invite links, proofs and verification words: protocols/invite/SPEC.md."""
import base64, hashlib, hmac, re, unicodedata
from canonical import clean, decode
from household import Chain
from messages import read_message
from refusal import Refused
from schema import device, household, known, listed, number, raw, text

LINK = "porchlight:invite/"
RELAYED = r"/(?:ip4/[0-9.]+|ip6/[0-9a-f:]+)/(?:tcp|udp)/\d+(?:/[a-z0-9-]+)*/p2p/12D3KooW[1-9A-HJ-NP-Za-km-z]{44}"
address = lambda value: text(256, 1)(value) and value.startswith("/")
relayed = lambda value: text(256, 1)(value) and re.fullmatch(RELAYED, value) is not None
name = lambda value: text(64, 1)(value) and value == unicodedata.normalize("NFC", value).strip()
FIELDS = known(v=lambda value: value == 1 and value is not True, device=device, household=household, addresses=listed(address, 12),
               relays=listed(relayed, 12), bootstraps=listed(relayed, 12), secret=raw(16), exp=number(0), name_=name)


def read_link(link, now):
    """The fields of a link, the secret in hex."""
    if not link.startswith(LINK) or not re.fullmatch("[A-Za-z0-9_-]+", link[len(LINK):]):
        raise Refused("invite-link")
    coded = link[len(LINK):]
    try:
        data = base64.urlsafe_b64decode(coded + "=" * (-len(coded) % 4))
        fields = decode(data)
    except (Refused, ValueError):
        raise Refused("invite-link") from None
    if base64.urlsafe_b64encode(data).decode().rstrip("=") != coded or len(data) > 2048:
        raise Refused("invite-link")
    if not FIELDS(fields):
        raise Refused("invite-fields")
    if now >= fields["exp"]:
        raise Refused("invite-expired")
    return {**{key: value for key, value in fields.items() if key != "v"}, "secret": fields["secret"].hex()}


def invite_id(secret):
    return hashlib.sha256(secret + b"porchlight/invite/1/id").digest()[:8]


def proof_of(secret, what, role, parties):
    """`what` is "proof" or "ask"; `parties` names device and household of inviter and invitee."""
    first = hmac.new(bytes(32), secret, hashlib.sha256).digest()
    key = hmac.new(first, b"porchlight/invite/1/key\1", hashlib.sha256).digest()
    lines = [f"porchlight/invite/1/{what}", role, *(parties[each] for each in ("inviterDevice", "inviteeDevice", "inviterHousehold", "inviteeHousehold"))]
    return hmac.new(key, "\n".join(lines).encode(), hashlib.sha256).digest()


def verification_words(one, other, words):
    """Twelve words of BIP 39 for two households; `words` is its English list of 2048."""
    entropy = hashlib.sha256("\n".join(["porchlight/verify/1", *sorted((one, other))]).encode()).digest()[:16]
    bits = int.from_bytes(entropy, "big") << 4 | hashlib.sha256(entropy).digest()[0] >> 4
    return " ".join(words[bits >> 11 * at & 2047] for at in range(11, -1, -1))


def judge_request(message, data, secret, parties, now):
    """What an inviter says to a request: its fields, or DENIED for every reason alike."""
    try:
        found = read_message(message, data)
        texts = [found["name"]] if found["name"] else []
        chain = Chain([bytes.fromhex(each) for each in [found["document"], *found["laterDocuments"]]], [bytes.fromhex(each) for each in found["suspensions"]])
        in_force = parties["inviteeDevice"] in [each["key"] for each in chain.devices_in_force(now)]
        right = proof_of(secret, "ask" if message == "AskRequest" else "proof", "invitee", {**parties, "inviteeHousehold": chain.household})
        for each in texts:
            clean(each)
    except Refused:
        raise Refused("DENIED") from None
    own = chain.household == parties["inviterHousehold"]
    sound = all(map(name, texts)) and listed(address, 12)(found.get("addresses", []))
    if not sound or own or not in_force or found["inviteId"] != invite_id(secret).hex() or not hmac.compare_digest(found["proof"], right.hex()):
        raise Refused("DENIED")
    return found

