"""Does what handlers of protocol.ts do, on examples/python. Arguments: the definition and manifest as JSON."""
import json, os, pathlib, signal, sys, time

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent.parent / "examples/python"))
from porchlight import Porchlight, PorchlightError  # noqa: E402
from server import listen  # noqa: E402


def greet(payload, caller):
    name = payload.decode()
    if name == "":
        raise PorchlightError("APP", "no-name")
    if name == "bad":
        raise PorchlightError("BAD_REQUEST")
    if name == "broken":
        raise ValueError("a fault of this app")
    if name == "slow":
        # The server ends with the program; what happens to the call meanwhile is the daemon's to say.
        time.sleep(30)
    return f"Hello {name}".encode()


def count(messages, caller):
    to, n = messages.payload.decode(), 1
    if to == "0":
        raise PorchlightError("APP", "no-name")
    while to == "forever" or n <= int(to):
        messages.send(str(n).encode())
        n += 1
        if to == "forever":
            time.sleep(0.02)


def talk(messages, caller):
    for message in messages:
        if message == b"bad":
            raise PorchlightError("APP", "no-name")
        messages.send(message.decode().upper().encode())


definition, manifest = json.loads(sys.argv[1]), json.loads(sys.argv[2])
server = listen({("unary", "greet"): greet, ("unary", "leave"): lambda payload, caller: f"kept {len(payload)}".encode(),
                 ("stream", "count"): count, ("stream", "talk"): talk})
app = Porchlight(os.environ["PORCHLIGHT_TOKEN"])
app.serve(manifest["proto"], definition, manifest, {"url": server.url}, server.secret)
print("serving", flush=True)
signal.sigwait({signal.SIGINT, signal.SIGTERM})
