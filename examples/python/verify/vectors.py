"""
Reads every vector of protocols/*/vectors without any of Porchlight's code: nothing but Python's standard library.

Prints one line for each case that came out wrong, and a sum that also says what was not looked at. Written from the specifications alone.
"""
import argparse, json, sys
from pathlib import Path
from canonical import decode, id_of
from household import Chain
from invites import invite_id, judge_request, proof_of, read_link, verification_words
from messages import read_frame, read_message, read_punch
from record import grown, leaf_hash, open_checkpoint, proves_consistency, proves_inclusion, root_of
from refusal import Refused
from sealed_records import keys, pair_secret, read
from ed25519 import public_key
from signed import device_of, open_object

NOW = 1_800_000_000


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


def outcome(work):
    """What came of it: a value, or the word of the refusal."""
    try:
        return work()
    except Refused as refusal:
        return f"refused: {refusal}"


def refused(*words):
    return {f"refused: {word}" for word in words if word is not None}


class Reading:
    def __init__(self, directory, words):
        self.directory, self.words = Path(directory), words
        self.right = self.wrong = 0
        self.unseen = []

    def load(self, protocol, name):
        return json.loads((self.directory / protocol / "vectors" / f"{name}.json").read_text(encoding="utf-8"))

    def say(self, what, is_right, found=""):
        self.right, self.wrong = self.right + is_right, self.wrong + (not is_right)
        if not is_right:
            print(f"{what}: {str(found)[:300]}")

    def compare(self, what, found, wanted):
        # A set holds the refusals that are right; anything else is the one right outcome.
        self.say(what, isinstance(found, str) and found in wanted if isinstance(wanted, set) else found == wanted, found)

    def consent(self):
        for case in self.load("consent", "canonical")["cases"]:
            data = bytes.fromhex(case["repeat"]["bytes"] * case["repeat"]["times"] + case["repeat"]["end"]) if "repeat" in case else bytes.fromhex(case["bytes"])
            found = outcome(lambda: {"id": id_of(data), "value": shown(decode(data))})
            # Where a decoder stops is its own affair: it may answer one of these for the other.
            alike = ("cbor", "not-canonical") if case.get("because") in ("cbor", "not-canonical") else ()
            self.compare(f"canonical.json, {case['name']}", found, {k: case[k] for k in ("id", "value")} if case["valid"] else refused(case["because"], case.get("or"), *alike))
        for name in ("objects", "cross-type", "signed-objects"):
            for case in self.load("consent", name)["cases"]:
                for t in [each for each in (case.get("t"), case.get("signedAs")) if each] or ["vector"]:
                    self.signed(f"{name}.json, {t} {case.get('name', case.get('signedAs'))}", case, t)

    def signed(self, what, case, t):
        def work():
            payload, body, signer = open_object(bytes.fromhex(case["envelope"]), t)
            # The rule of the type that exists for the vectors only.
            if t == "vector" and body["iss"] != signer:
                raise Refused("signer")
            return payload, signer
        found = outcome(work)
        alike = ("cbor", "not-canonical") if case.get("because") in ("cbor", "not-canonical") else ()
        if isinstance(found, str) or not case["valid"]:
            return self.compare(what, found if isinstance(found, str) else "accepted", set() if case["valid"] else refused(case["because"], *alike))
        payload, signer = found
        wanted = {key: case[key] for key in ("payload", "id", "signer", "body", "value") if key in case}
        read_ = {"payload": payload.hex(), "id": id_of(payload), "signer": signer, "body": shown(decode(payload)), "value": shown(decode(payload))}
        self.compare(what, {key: read_[key] for key in wanted}, wanted)

    def record(self):
        said = self.load("consent", "record")
        leaves, peaks, roots = [], [], [root_of([])]
        for at, entry in enumerate(said["entries"]):
            leaves.append(leaf_hash(bytes.fromhex(entry)))
            peaks = grown(peaks, at, leaves[-1])
            roots.append(root_of(peaks))
        self.compare("record.json, leaves", [each.hex() for each in leaves], said["leaves"])
        for case in said["roots"]:
            self.compare(f"record.json, root of {case['size']}", roots[case["size"]].hex(), case["root"])
        for kind in ("inclusion", "consistency"):
            for case in said[kind]:
                proof = [bytes.fromhex(each) for each in case["proof"]]
                bad = [bytes(32), *proof[1:]] if proof else [bytes(32)]
                if kind == "inclusion":
                    proves = lambda each: proves_inclusion(case["index"], case["size"], leaves[case["index"]], each, roots[case["size"]])
                else:
                    proves = lambda each: proves_consistency(case["first"], case["second"], roots[case["first"]], roots[case["second"]], each)
                self.say(f"record.json, {kind} {case}", proves(proof) and not proves(bad), "the wrong proofs hold")
        for case in said["checkpoints"]:
            found = outcome(lambda: (lambda device, size, root: {"device": device, "size": size, "root": root.hex()})(*open_checkpoint(case["note"])))
            self.compare(f"record.json, checkpoint {case['name']}", found, {k: case[k] for k in ("device", "size", "root")} if case["valid"] else refused("checkpoint"))

    def household(self):
        said = self.load("household", "chains")
        chain_of = lambda case: Chain(*([bytes.fromhex(each) for each in case[key]] for key in ("documents", "suspensions")))
        for case in said["valid"]:
            def work():
                chain = chain_of(case)
                return {"household": chain.household, "head": chain.head.id, "frozen": bool(chain.disputed), "devices": chain.devices_in_force(case["nowSec"])}
            self.compare(f"chains.json, {case['name']}", outcome(work), {k: case[k] for k in ("household", "head", "frozen", "devices")})
        for case in said["invalid"]:
            self.compare(f"chains.json, {case['name']}", outcome(lambda: chain_of(case)), refused(case["refused"]))
        for case in self.load("household", "messages")["cases"]:
            found = outcome(lambda: read_message(case["message"], bytes.fromhex(case["bytes"])))
            self.compare(f"messages.json of household, {case['name']}", found, {key: case[key] for key in ("own", "yours", "checkpoints") if key in case})
        self.messages("household", "siblings")

    def messages(self, protocol, name="messages"):
        for case in self.load(protocol, name)["cases"]:
            found = outcome(lambda: read_message(case["message"], bytes.fromhex(case["bytes"])))
            self.compare(f"{name}.json of {protocol}, {case['name']}", found, case["fields"] if case["valid"] else refused(case["because"]))

    def invite(self):
        for case in self.load("invite", "links")["cases"]:
            self.compare(f"links.json, {case['name']}", outcome(lambda: read_link(case["link"], NOW)), case["fields"] if case["valid"] else refused(case["because"]))
        for case in self.load("invite", "proofs")["cases"]:
            secret, parties = bytes.fromhex(case["secret"]), case["parties"]
            found = {"inviteId": invite_id(secret), "inviteeProof": proof_of(secret, "proof", "invitee", parties),
                     "inviterProof": proof_of(secret, "proof", "inviter", parties), "askProof": proof_of(secret, "ask", "invitee", parties)}
            for key, value in found.items():
                self.compare(f"proofs.json, {case['name']}, {key}", value.hex(), case[key])
            if self.words:
                found = verification_words(parties["inviterHousehold"], parties["inviteeHousehold"], self.words)
                self.compare(f"proofs.json, {case['name']}, words", found, case["verificationWords"])
            else:
                self.unseen.append("verification words")
        said = self.load("invite", "messages")
        for case in said["cases"]:
            data, is_request = bytes.fromhex(case["bytes"]), case["message"] in ("AcceptRequest", "AskRequest")
            judge = lambda: judge_request(case["message"], data, bytes.fromhex(said["secret"]), said["parties"], NOW) if is_request else read_message(case["message"], data)
            found = outcome(judge)
            if case["valid"] and isinstance(found, dict):
                found = {key: found[key] for key in case["fields"]}
            self.compare(f"messages.json of invite, {case['name']}", found, case["fields"] if case["valid"] else refused("DENIED"))

    def frames(self):
        for case in self.load("gate", "frames")["cases"]:
            found = outcome(lambda: read_frame(bytes.fromhex(case["bytes"])))
            self.compare(f"frames.json, {case['name']}", found, case["frame"] if case["valid"] else refused(case["because"]))

    def punches(self):
        for case in self.load("punch", "messages")["cases"]:
            found = outcome(lambda: read_punch(bytes.fromhex(case["bytes"])))
            self.compare(f"messages.json of punch, {case['name']}", found, case["message"] if "message" in case else refused(case["error"]))

    def rendezvous(self):
        said, records = self.load("rendezvous", "keys"), self.load("rendezvous", "records")
        one, other = said["devices"]
        for mine, theirs in ((one, other), (other, one)):
            self.compare("keys.json, device", device_of(public_key(bytes.fromhex(mine["seed"]))), mine["id"])
            secret = pair_secret(bytes.fromhex(mine["seed"]), public_key(bytes.fromhex(theirs["seed"])), (one["id"], other["id"]))
            self.compare("keys.json, secret", secret.hex(), said["secret"])
        for case in said["cases"]:
            self.compare(f"keys.json, {case['name']}", [each.hex() for each in keys(secret, case["day"], case["writer"])], [case["publicKey"], case["sealing"], case["key"]])
        places = {"a record of the next day": (1, one), "a record of the other direction": (0, other)}
        for case in records["cases"]:
            later, writer = places.get(case["name"], (0, one))
            _, sealing, key = keys(secret, records["day"] + later, writer["id"])
            found = outcome(lambda: read(bytes.fromhex(case["bytes"]), key, sealing))
            self.compare(f"records.json, {case['name']}", found, case["fields"] if case["valid"] else refused(case["because"]))


PROTOCOLS = {
    "consent": (Reading.consent, Reading.record),
    "household": (Reading.household,),
    "invite": (Reading.invite,),
    "gate": (Reading.frames,),
    "punch": (Reading.punches,),
    "reach": (lambda reading: reading.messages("reach"),),
    "relay": (lambda reading: reading.messages("relay"),),
    "rendezvous": (Reading.rendezvous,),
    # What share/1 does with HTTP is between an HTTP server and its app: nothing in it is signed or encoded.
    "share": (lambda reading: reading.unseen.append("share (rules for HTTP headers)"),),
}


def main(argv):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("directory", help="protocols/ of Porchlight's sources")
    parser.add_argument("protocols", nargs="*", help="only these, by their folders")
    parser.add_argument("--words", type=Path, help="the English word list of BIP 39, a word a line, which Python does not have")
    said = parser.parse_args(argv)
    reading = Reading(said.directory, said.words.read_text(encoding="utf-8").split() if said.words else [])
    for protocol in said.protocols or sorted(each.parent.name for each in reading.directory.glob("*/vectors")):
        for work in PROTOCOLS.get(protocol, (lambda reading: reading.unseen.append(protocol),)):
            work(reading)
    unseen = f", not looked at: {', '.join(sorted(set(reading.unseen)))}" if reading.unseen else ""
    print(f"{reading.right} right, {reading.wrong} wrong{unseen}")
    return 1 if reading.wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
