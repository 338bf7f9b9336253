"""
Checks what `porchlight export DIR` wrote, without any of Porchlight's code: nothing but Python's standard library.

Usage: export.py DIR [--checkpoint FILE]. FILE is a checkpoint of the log that came another way; with it an export that was cut off at its end is
found too. Exit status: 0 all is as it was signed, 1 something is not, 2 it could not be checked. Files: docs/record.md.
"""
import hashlib, hmac, json, re, sys
from pathlib import Path
from canonical import id_of
from consent_records import consent_records
from household import Chain
from record import grown, leaf_hash, open_checkpoint, open_note, root_of
from refusal import Refused
from signed import Opened

PATHS = ["README.txt", "audit.ndjson", "checkpoints/own.notes", "checkpoints/seen.notes", "consent-records.json", "contacts.json",
         "household.json", "objects.ndjson", "services.json"]
TYPES = {"manifest", "ask", "grant", "receipt", "revoke", "renounce", "given", "deny", "block", "unblock", "pause", "resume", "erase"}
NOTE_BYTES = 16384


def notes_in(text):
    """Signed notes stand one after another; each begins with its origin."""
    return [note for note in re.split(r"(?<=\n)(?=porchlight/log/)", text) if note]


def lines_of(text):
    return [json.loads(line) for line in text.split("\n")[:-1]]


class Export:
    def __init__(self, directory, elsewhere=None):
        self.files = {path.relative_to(directory).as_posix(): path.read_bytes() for path in Path(directory).rglob("*") if not path.is_dir()}
        self.elsewhere, self.faults, self.checked = elsewhere, [], []
        self.device = self.household = None
        self.chains, self.objects = {}, {}

    def text(self, path):
        return self.files.get(path, b"").decode("utf-8", "replace")

    def fault(self, kind, what):
        self.faults.append((kind, what))

    def verify(self):
        for kind, work in (("files", self._list), ("household", self._own), ("contacts", self._contacts), ("objects", self._objects),
                           ("records", self._records), ("log", self._log), ("checkpoints", self._seen)):
            before = len(self.faults)
            try:
                said = work()
            except Refused as refusal:
                self.fault(kind, f"refused: {refusal}")
            except (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError) as error:
                # A changed file may say anything at all; nothing of it may stop the other checks.
                self.fault(kind, f"not readable: {error!r}"[:200])
            if len(self.faults) == before:
                self.checked.append(said)
        return self

    def _list(self):
        note = self.text("files.note")
        self.signed_by = note.partition("\n")[0].removeprefix("porchlight/export/")
        _, self.signed_for, _, *lines = open_note(note, self.signed_by, NOTE_BYTES)
        listed = {line[65:]: line[:64] for line in lines}
        for path in sorted({*PATHS, *listed, *self.files} - {"files.note"}):
            if path not in self.files:
                self.fault("files", f"{path} is missing")
            elif path not in listed:
                self.fault("files", f"{path} is not in the signed list of files")
            elif hashlib.sha256(self.files[path]).hexdigest() != listed[path]:
                self.fault("files", f"{path} is not as it was exported")
        return f"{len(listed)} files are as {self.signed_by} signed them"

    def _chain(self, said):
        chain = Chain(*([bytes.fromhex(each) for each in said[key]] for key in ("documents", "suspensions")))
        if chain.household != said["household"]:
            raise Refused("documents of another household")
        self.chains[chain.household] = chain
        return chain

    def _own(self):
        said = json.loads(self.text("household.json"))
        chain = self._chain(said)
        self.household, self.device = chain.household, said["device"]
        if not any(entry["key"] == self.device for document in chain.documents for entry in document.body["devices"]):
            self.fault("household", "the device that wrote the export is in no document of the household")
        if getattr(self, "signed_by", None) != self.device or getattr(self, "signed_for", None) != self.household:
            self.fault("household", "the list of files is signed by another device, or for another household")
        return f"household {self.household}: {len(chain.documents)} documents, {len(chain.suspensions)} suspensions"

    def _contacts(self):
        contacts = json.loads(self.text("contacts.json"))
        for contact in contacts:
            self._chain(contact)
        return f"{len(contacts)} contacts with their documents"

    def _objects(self):
        for at, line in enumerate(lines_of(self.text("objects.ndjson")), 1):
            try:
                if line["type"] not in TYPES:
                    raise Refused(f"unknown type {line['type']!r}")
                found = Opened(bytes.fromhex(line["envelope"]), line["type"])
                if found.id != line["id"] or line["envelope"] != line["envelope"].lower():
                    raise Refused("another id than its line says")
            except Refused as refusal:
                self.fault("objects", f"line {at} of objects.ndjson: {refusal}")
                continue
            found.shown = line.get("shown")
            self.objects[found.id] = found
        unknown = [found for found in self.objects.values() if not self._fits(found)]
        shown = sum(found.shown is not None for found in self.objects.values())
        strangers = f"; of {len(unknown)} the household is not known here, so only that the signature is right" if unknown else ""
        return f"{len(self.objects)} signed objects, {shown} with the text that was shown{strangers}"

    def _fits(self, found):
        """Whether whose it is can be said; says what does not fit."""
        say = lambda what: self.fault("objects", f"{found.type} {found.id} {what}")
        body = found.body
        if body.get("dev", found.signer) != found.signer:
            say("names another device than the one that signed it")
        chain = self.chains.get(body.get("iss"))
        if chain is not None and not chain.could_sign(found):
            say("is signed by a device that its household did not list for this")
        if found.shown is not None and (found.type != "grant" or body["shown"] != {"hash": id_of(found.shown["text"].encode()), "lang": found.shown["lang"]}):
            say("was given under another text than the one beside it")
        if found.type == "grant" and body["manifest"] not in self.objects:
            say("has no manifest in this export")
        grant = self.objects.get(body.get("grant")) if found.type == "receipt" else None
        if grant is not None:
            if grant.type != "grant" or grant.body["aud"].get("household") != body["iss"]:
                say("is not of the household that the grant is for")
            elif sorted(scope["id"] for scope in grant.body["scopes"]) != sorted(body["accepts"]):
                say("accepts other scopes than the grant gives")
        for ended in body["grants"] if found.type in ("revoke", "renounce") else []:
            grant = self.objects.get(ended)
            owner = grant and (grant.body.get("iss") if found.type == "revoke" else grant.body.get("aud", {}).get("household"))
            if grant is not None and owner != body["iss"]:
                say(f"ends grant {ended}, which was not its household's to end")
        return chain is not None or "iss" not in body

    def _records(self):
        made = consent_records(list(self.objects.values()), self.household)
        if json.loads(self.text("consent-records.json")) != made:
            self.fault("objects", "consent-records.json does not say what the signed objects say")
        return f"{len(made['records'])} consent records say what these objects say"

    def _log(self):
        if self.device is None:
            raise Refused("the household is not known")
        notes = [open_checkpoint(note) for note in [*notes_in(self.text("checkpoints/own.notes")), *([self.elsewhere] if self.elsewhere is not None else [])]]
        if any(device != self.device for device, _, _ in notes):
            self.fault("log", "a checkpoint of the log is not one that this device signed")
        peaks, last, roots, erased = [], None, {}, 0
        lines = lines_of(self.text("audit.ndjson"))
        for n, line in enumerate(lines, 1):
            entry = Opened(bytes.fromhex(line["envelope"]), "audit")
            if not (line["n"] == n == entry.body["n"] and entry.body["prev"] == last and entry.signer == entry.body["dev"] == self.device):
                raise Refused(f"entry {n}: number, chain or signer")
            if (line["body"] is None) != (line["salt"] is None):
                raise Refused(f"entry {n}: half of it is erased")
            erased += line["body"] is None
            if line["body"] is not None and hmac.new(bytes.fromhex(line["salt"]), bytes.fromhex(line["body"]), hashlib.sha256).digest() != entry.body["body"]:
                raise Refused(f"entry {n}: it says something else than was signed")
            peaks, last = grown(peaks, n - 1, leaf_hash(entry.payload)), entry.id
            roots[n] = root_of(peaks)
        for _, size, root in notes:
            if roots.get(size) != root:
                raise Refused(f"checkpoint of {size} entries: {'the log was another one' if size in roots else 'the end is cut off'}")
        newest = max((size for _, size, _ in notes), default=0)
        if newest != len(lines):
            raise Refused(f"the log has {len(lines)} entries, its newest checkpoint {newest}")
        return f"a log of {len(lines)} entries, {erased} of them erased: chain, tree and {len(notes)} checkpoints"

    def _seen(self):
        notes = [open_checkpoint(note) for note in notes_in(self.text("checkpoints/seen.notes"))]
        return f"{len(notes)} checkpoints of other devices"


def main(argv):
    if len(argv) not in (1, 3) or argv[0].startswith("-") or argv[1:2] not in ([], ["--checkpoint"]):
        print(__doc__.strip())
        return 2
    try:
        found = Export(argv[0], Path(argv[2]).read_text(encoding="utf-8") if len(argv) == 3 else None)
        if not found.files:
            raise FileNotFoundError(f"{argv[0]} is empty, or no directory")
    except OSError as error:
        print(f"cannot check: {error}", file=sys.stderr)
        return 2
    found.verify()
    for line in found.checked:
        print(f"checked: {line}")
    for kind, what in found.faults:
        print(f"FAULT in {kind}: {what}")
    print("This export is not as it was signed." if found.faults else "All of it is as it was signed.")
    return 1 if found.faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
