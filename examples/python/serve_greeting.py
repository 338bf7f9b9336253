"""
Serves /example/greeting/1 to contacts that this household lets use it. See README.md for what to run before.

Usage: PORCHLIGHT_TOKEN=plapp_… serve_greeting.py
"""
import json, os, pathlib, signal
from porchlight import Porchlight
from server import listen

PROTOCOL = "/example/greeting/1"
manifest = json.loads((pathlib.Path(__file__).parent.parent / "greeting.json").read_text(encoding="utf-8"))


def greet(payload, caller):
    print(f"{caller.contact} is at the {caller.location}", flush=True)
    return f"Hello {payload.decode()}, the light is on.".encode()


server = listen({("unary", "greet"): greet})
app = Porchlight(os.environ["PORCHLIGHT_TOKEN"])
app.serve(PROTOCOL, {"door": "grant", "methods": {"greet": {"kind": "query", "scope": "greet"}}, "reasons": []}, manifest, {"url": server.url}, server.secret)
print(f"{app.who()['name']} serves {PROTOCOL}", flush=True)
signal.sigwait({signal.SIGINT, signal.SIGTERM})
