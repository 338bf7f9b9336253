"""
The strict schema of every signed object: check 10 of protocols/consent/SPEC.md, and the documents of protocols/household/SPEC.md.

A rule is a function of a value that says whether it holds. `check` refuses a body with a key more or less than its type has.
"""
import re, zoneinfo
from canonical import clean
from refusal import Refused

HOUSEHOLD = OBJECT = re.compile(r"b[a-z2-7]{52}\Z")
DEVICE = re.compile(r"12D3KooW[1-9A-HJ-NP-Za-km-z]{44}\Z")
WORD = re.compile(r"[A-Za-z][A-Za-z0-9:._/-]{0,63}\Z")
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*\Z")
PROTOCOL = re.compile(r"/[a-z0-9]([a-z0-9.-]*[a-z0-9])?/[a-z0-9]([a-z0-9.-]*[a-z0-9])?/[1-9][0-9]{0,4}\Z")
CAPABILITIES = ["serve", "grant", "revoke", "govern"]
SAY = ["what", "why", "who", "keep", "onward", "risk", "cannotUndo", "ifRefused", "withdraw"]


def number(low, high=2**53 - 1):
    return lambda value: isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


def like(pattern):
    return lambda value: isinstance(value, str) and pattern.match(value) is not None


def text(most, least=0):
    return lambda value: isinstance(value, str) and least <= len(value) <= most


def raw(most, least=None):
    return lambda value: isinstance(value, bytes) and (most if least is None else least) <= len(value) <= most


def one_of(*values):
    return lambda value: any(type(value) is type(each) and value == each for each in values)


def listed(rule, most, least=0):
    return lambda value: isinstance(value, list) and least <= len(value) <= most and all(map(rule, value))


def known(**rules):
    """A map with exactly these keys; a key that ends in _ may be missing."""
    must = {name for name in rules if not name.endswith("_")}
    may = {name.rstrip("_"): rule for name, rule in rules.items()}
    return lambda value: isinstance(value, dict) and must <= set(value) <= set(may) and all(may[name](each) for name, each in value.items())


def either(*rules):
    return lambda value: any(rule(value) for rule in rules)


def both(*rules):
    return lambda value: all(rule(value) for rule in rules)


def once(key):
    return lambda value: len({key(each) for each in value}) == len(value)


def rising(order=lambda each: each):
    return lambda value: all(order(a) < order(b) for a, b in zip(value, value[1:]))


def location(value):
    if not isinstance(value, str):
        return False
    parts = value.split("/")
    try:
        clean(value)
    except Refused:
        return False
    return value == "" or len(value) <= 256 and len(parts) <= 16 and all(part not in ("", ".", "..") and not set(part) & set("\\%?#") for part in parts)


def zone(value):
    try:
        return isinstance(value, str) and len(value) <= 64 and value[:1].isalpha() and zoneinfo.ZoneInfo(value) is not None
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return False


household, obj, device, word, language = like(HOUSEHOLD), like(OBJECT), like(DEVICE), like(WORD), like(LANGUAGE)
nobody, boolean, second, amount, nonce = one_of(None), one_of(True, False), number(0), number(1), raw(16)
maybe = lambda rule: either(nobody, rule)
words, objects, line = listed(word, 32), listed(obj, 256, 1), text(280, 1)
lines = lambda value: isinstance(value, dict) and 1 <= len(value) <= 32 and all(language(tag) and line(said) for tag, said in value.items())
window = both(known(days=both(listed(number(1, 7), 7, 1), rising()), **{"from": number(0, 1439)}, to=number(1, 1440), tz=zone),
              lambda value: value["from"] != value["to"])
limits = known(bytesTotal_=amount, bytesPerDay_=amount, opsPerMin_=amount, streams_=amount, window_=window)
scopes = both(listed(known(id=word, locations=listed(location, 64, 1), max=limits), 32, 1), once(lambda scope: scope["id"]))
envelopes = listed(raw(16384 + 256, 1), 256)
heads = listed(obj, 32)
signed = {"iss": household, "dev": device, "at": second}
fresh = {**signed, "nonce": nonce}

TYPES = {
    "manifest": known(
        proto=both(text(128), like(PROTOCOL)), rev=amount, prev=maybe(obj), publisher=line, langs=listed(language, 32, 1), title=lines,
        say=known(**{key: lines for key in SAY}), claims=listed(known(key=word, assurance=one_of("enforced", "promised")), 32),
        data=listed(known(id=word, category=word, say=lines, sensitivity=number(0, 3), aboutOthers=boolean, optional=boolean), 32), purposes=words,
        scopes=listed(known(id=word, actions=words, locations=listed(location, 64, 1), datatypes=words,
                            direction=one_of("they-read", "they-write", "both"), required=boolean, say=lines, max=limits), 32),
        retention=line, onward=line, storage=line, automation=one_of("none", "assistive", "decisions", "ai-training"), relayOk=boolean, contact=line),
    "ask": known(**fresh, to=household, manifest=obj, scopes=scopes, purposes=words, nbf=second, exp=second, why=text(140), counters=maybe(obj), lapse=second),
    "grant": known(
        iss=household, dev=device, doc=obj, manifest=obj, shown=known(hash=obj, lang=language), scopes=scopes, purposes=words, nbf=second, exp=second,
        aud=either(known(household=household), known(community=obj, role=word, members=one_of("snapshot", "live"), cap=number(1, 2000))),
        fresh=second, introduce=number(0, 1), retention=line, onward=line, ask=maybe(obj), renews=maybe(obj), nonce=nonce),
    "receipt": known(**signed, grant=obj, accepts=words, checkpoint=maybe(known(dev=device, size=amount, root=raw(32)))),
    "revoke": known(**fresh, grants=objects, erasure=one_of("request", "none"), reason=maybe(word)),
    "renounce": known(**fresh, grants=objects, erased=one_of("claimed", "no")),
    "audit": known(dev=device, n=amount, prev=maybe(obj), at=second, kind=word, body=raw(32)),
    "given": known(**signed, grant=obj, how=one_of("click", "rule", "invite"), app=maybe(text(64)), persona=maybe(text(64)), service=text(256),
                   blocks=listed(obj, 256), shown=known(text=raw(65536, 1), lang=language)),
    "deny": known(**fresh, ask=obj),
    "block": known(**fresh, household=household, protocol=maybe(text(128))),
    "unblock": known(**fresh, blocks=objects),
    "erase": known(**fresh, over=objects),
    "pause": known(**fresh),
    "resume": known(**fresh, pauses=listed(obj, 256), grants=listed(obj, 256)),
    "contact": known(**fresh, household=household, removed=boolean, petname=text(64), selfChosenName=maybe(text(64)),
                     level=one_of("unverified", "introduced", "compared"), documents=envelopes, suspensions=envelopes,
                     devices=listed(device, 8192), addresses=listed(text(256), 12), over=listed(obj, 256), since=second),
    "document": known(seq=second, prev=maybe(obj), root=device, next=raw(32), at=second, devices=both(
        listed(known(key=device, caps=both(listed(one_of(*CAPABILITIES), 4), rising(CAPABILITIES.index)), exp=maybe(second)), 32, 1),
        once(lambda entry: entry["key"]))),
    "suspend": known(**fresh, device=device, doc=obj, seq=second),
    "charter": known(**fresh, name=text(64, 1), fork=maybe(known(community=obj, heads=heads))),
    "admit": known(**fresh, community=obj, member=household, role=one_of("member", "steward"), after=heads),
    "join": known(**fresh, community=obj, admit=obj, after=heads),
    "remove": known(**fresh, community=obj, member=household, reason=maybe(text(140)), after=heads),
    # Exists in protocols/consent/vectors/signed-objects.json only.
    "vector": known(at=second, iss=lambda value: isinstance(value, str), blob=lambda value: isinstance(value, bytes), list=listed(lambda value: isinstance(value, str), 4),
                    note=text(40), prev=maybe(lambda value: isinstance(value, str))),
}


def check(t, body):
    """Refuses a body that is not exactly what its type has."""
    if t not in TYPES or not TYPES[t](body):
        raise Refused("schema")
