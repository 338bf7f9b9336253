"""Makes one call as the argument says, and prints a line of JSON for each message and for the end."""
import json, os, pathlib, sys, threading

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent.parent / "examples/python"))
from porchlight import Porchlight, PorchlightError  # noqa: E402

script = json.loads(sys.argv[1])
payload = bytes(script["zeros"]) if "zeros" in script else script["payload"].encode()
where = {"location": script["location"], "deadline_ms": script.get("deadlineMs")}
target = (script["contact"], script["protocol"], script["method"], payload)
app = Porchlight(os.environ["PORCHLIGHT_TOKEN"])


def say(**line):
    print(json.dumps(line), flush=True)


def speak(call):
    try:
        for text in script.get("sends", ["still here"]):
            call.send(text.encode())
        if "sends" in script:
            call.end()
    except Exception:
        # How the call ends is said by its messages.
        pass


try:
    if script["kind"] in ("query", "procedure"):
        say(message=app.call(*target, **where, retry=script["kind"] == "query").decode())
    else:
        call = app.subscribe(*target, **where) if script["kind"] == "subscription" else app.stream(*target, **where)
        if script["kind"] == "stream":
            threading.Thread(target=speak, args=(call,), daemon=True).start()
        for message in call:
            say(message=message.decode())
    say(end="end")
except PorchlightError as error:
    say(end=f"APP {error.reason}" if error.code == "APP" else error.code)
