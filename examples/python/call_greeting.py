"""
Asks a contact for leave to greet, waits for it, and greets. See README.md for what to run before.

Usage: PORCHLIGHT_TOKEN=plapp_… call_greeting.py CONTACT LOCATION NAME
"""
import json, os, pathlib, sys, time
from porchlight import Porchlight, PorchlightError

PROTOCOL = "/example/greeting/1"
contact, location, name = sys.argv[1:4]
app = Porchlight(os.environ["PORCHLIGHT_TOKEN"])


def granted():
    return any(g["direction"] == "received" and g["state"] in ("HELD", "ACTIVE") and g["location"] == location for g in app.grants())


if not granted():
    manifest = json.loads((pathlib.Path(__file__).parent.parent / "greeting.json").read_text(encoding="utf-8"))
    day_ms = 86_400_000
    app.ask(to=contact, protocol=PROTOCOL, location=location, why="to say hello", expMs=int(time.time() * 1000) + day_ms, manifest=manifest)
    print("asked; a person decides there", flush=True)
    while not granted():
        time.sleep(0.5)

try:
    print(app.call(contact, PROTOCOL, "greet", name.encode(), location, retry=True).decode())
except PorchlightError as error:
    print(f"it did not work: {error.code}")
    sys.exit(1)
