"""
Serves what `porchlight protocol new greeting` scaffolds, rightly or with one fault, so that the conformance runner has something to find:

    python3 wrong_greeting.py --fault no-limit        prints its address
    porchlight protocol conform greeting --against ADDRESS --secret-file FILE

FILE holds the secret, which the program takes from WRONG_SECRET. Without --fault it is right.
"""
import argparse, json, os, signal
from porchlight import PorchlightError
from server import listen

MOST = 80


def name_in(payload):
    try:
        name = json.loads(payload)["name"]
    except (ValueError, KeyError, TypeError):
        raise PorchlightError("BAD_REQUEST") from None
    if not isinstance(name, str) or len(name) > MOST:
        raise PorchlightError("BAD_REQUEST")
    return name


def right(payload):
    name = name_in(payload)
    if name == "":
        raise PorchlightError("APP", "no-name")
    return json.dumps({"text": f"Coming, {name}!"})


def lenient(payload):
    """The name, whatever else is wrong with the payload."""
    try:
        return json.loads(payload).get("name", "somebody")
    except (ValueError, AttributeError):
        return "somebody"


def but(code, reason=""):
    """Right, but what must be refused is refused with this."""
    def ring(payload):
        try:
            return right(payload)
        except PorchlightError as error:
            raise (PorchlightError(code, reason) if error.code == "BAD_REQUEST" else error) from None
    return ring


def empty(answer):
    """Right, but an empty name is answered so."""
    return lambda payload: answer() if lenient(payload) == "" else right(payload)


def refuse(code, reason=""):
    def ring(*_):
        raise PorchlightError(code, reason)
    return ring


def unless(is_let_in, answer=lambda payload: json.dumps({"text": f"Coming, {lenient(payload)}!"})):
    """Right, but such payloads are answered as if nothing were wrong with them."""
    return lambda payload: answer(payload) if is_let_in(payload) else right(payload)


FAULTS = {
    "none": right,
    "another-text": lambda payload: right(payload).replace("Coming", "Going"),
    "another-field": lambda payload: right(payload).replace("text", "message"),
    "text-alone": lambda payload: json.loads(right(payload))["text"],
    "no-answer": lambda payload: right(payload) and "",
    "half-an-answer": lambda payload: right(payload)[:-1],
    "a-list": lambda payload: f"[{right(payload)}]",
    "a-number": lambda payload: right(payload) and '{"text": 5}',
    "name-in-capitals": lambda payload: right(payload).replace("Ana", "ANA"),
    "no-limit": unless(lambda payload: len(str(lenient(payload))) > MOST),
    "limit-of-bytes-of-the-payload": unless(lambda payload: len(payload) <= 120 and len(str(lenient(payload))) > MOST),
    "any-type": unless(lambda payload: not isinstance(lenient(payload), str)),
    "no-name-is-somebody": unless(lambda payload: payload == b"{}"),
    "cut-off-is-somebody": unless(lambda payload: not payload.endswith(b"}")),
    "nothing-is-somebody": unless(lambda payload: payload == b""),
    "mends-what-is-cut": unless(lambda payload: payload.endswith(b'"'), lambda payload: right(payload + b"}")),
    "empty-name-is-welcome": empty(lambda: '{"text": "Coming, !"}'),
    "empty-name-is-refused": empty(refuse("BAD_REQUEST")),
    "another-word": empty(refuse("APP", "nameless")),
    "denied-for-bad": but("DENIED"),
    "too-large-for-bad": but("TOO_LARGE"),
    "app-for-bad": but("APP", "no-name"),
    "a-code-of-its-own": but("WRONG"),
    "denies-all": refuse("DENIED"),
    "busy": refuse("BUSY"),
    "a-stack": lambda payload: right(payload) if b"Ana\"}" in payload else 1 // 0,
}

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fault", choices=FAULTS, default="none")
    ring = FAULTS[parser.parse_args().fault]
    server = listen({("unary", "ring"): lambda payload, caller: ring(payload).encode()}, secret=os.environ["WRONG_SECRET"])
    print(server.url, flush=True)
    signal.sigwait({signal.SIGINT, signal.SIGTERM})
